#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/sql/session.h"
#include "catalog/sql/settings.h"

/// What every SQL engine must do: each instantiates CatalogContract with itself. Includes the tests; only an
/// engine's own test includes this.
namespace vitrine::catalog {

/// An empty database of the engine under test, gone when destroyed.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  virtual CatalogSettings settings() const = 0;
};

struct TestEngine {
  std::string name;
  std::function<std::unique_ptr<TestDatabase>()> make;
};

/// The code of the Error that `call` throws; nothing if it throws none.
template <class Call>
std::optional<ErrorCode> code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

/// A catalog with its own database, and a second connection that sees and writes rows as another program
/// would. After each test the rows must obey the rules of the schema's users, and no images may be there but
/// those that the test put in through add().
class CatalogContract : public testing::TestWithParam<TestEngine> {
 protected:
  CatalogContract() : database_(GetParam().make()) {
    sync_schema(database_->settings());
    other.emplace(sql::read_settings(database_->settings()));
    if (!keeps_fractions()) clock.advance(std::chrono::microseconds(-42));
    catalog.emplace(database_->settings(), clock);
  }

  void TearDown() override {
    expect_no_stray_images();
    for (const char* table : {"image_properties", "image_tags", "image_locations", "image_members"}) {
      expect_sound_children(table);
    }
    expect_none("rows with a deletion time that are live, or the reverse",
                "SELECT id FROM images WHERE deleted <> (deleted_at IS NOT NULL)");
    expect_none("tags with two live rows",
                "SELECT image_id FROM image_tags WHERE deleted = FALSE GROUP BY image_id, " +
                    std::string(other->dialect().exactly) + "value HAVING count(*) > 1");
    expect_none(
        "locations whose status and deletion disagree",
        "SELECT image_id FROM image_locations WHERE deleted <> (status IN ('deleted', 'pending_delete'))");
    expect_none("members with two live rows",
                "SELECT image_id FROM image_members WHERE deleted = FALSE GROUP BY image_id, member HAVING "
                "count(*) > 1");
    expect_none("tasks with a deletion time that are live, or the reverse",
                "SELECT id FROM tasks WHERE deleted <> (deleted_at IS NOT NULL)");
    expect_none("what is known of tasks that are not there",
                "SELECT task_id FROM task_info WHERE task_id NOT IN (SELECT id FROM tasks)");
    const sql::Transaction nobody_holds_the_lock(*other, sql::Access::write);
  }

  /// Whether times are kept to the microsecond, and not to the second.
  bool keeps_fractions() const { return other->dialect().keeps_fractions; }
  /// Whether texts that differ in case alone are one to filters and keys, as they are to Glance there.
  bool folds_case() const { return !other->dialect().exactly.empty(); }

  /// How a time is read from its column.
  std::string stored(Timestamp time) const {
    return to_sql_time(time).substr(0, keeps_fractions() ? std::string::npos : 19);
  }

  static model::Image image(std::string id, std::optional<std::string> name = {}) {
    model::Image made;
    made.id = std::move(id);
    made.name = std::move(name);
    return made;
  }

  model::Image add(const model::Image& made) {
    model::Image stored = catalog->insert(made);
    expected_.insert(stored.id);
    return stored;
  }

  /// Declares an image that came another way than through add().
  void expect_image(const std::string& id) { expected_.insert(id); }

  /// Images with these names, a second apart, the ids in the order of the list.
  void add_named(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      add(image("id-" + std::to_string(expected_.size()), name));
      clock.advance(std::chrono::seconds(1));
    }
  }

  /// The values of a query's only column, as text.
  std::vector<std::string> column(std::string_view statement) {
    static constexpr sql::Type types[] = {sql::Type::text};
    std::vector<std::string> values;
    sql::Rows rows = other->query(statement, types);
    while (rows.next()) values.push_back(rows.is_null(0) ? "NULL" : rows.text(0));
    return values;
  }

  /// A live row that Python Glance's import wrote.
  void add_foreign_location(std::string_view image_id, std::string_view status) {
    other->execute(
        "INSERT INTO image_locations (image_id, value, meta_data, status, created_at, deleted) "
        "VALUES (:image_id, 'pending://parallel-import', '{}', :status, '2024-01-01 00:00:00', FALSE)",
        {image_id, status});
  }

  void add_foreign_property(std::string_view image_id, std::string_view name, const sql::Value& value) {
    other->execute(
        "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
        "VALUES (:image_id, :name, :value, '2024-01-01 00:00:00', FALSE)",
        {image_id, name, value});
  }

  /// A row of image_members, as any program may write it.
  void share(std::string_view image_id, std::string_view project_id, std::string_view status,
             bool is_live = true) {
    other->execute(
        "INSERT INTO image_members (image_id, member, status, can_share, created_at, deleted, deleted_at) "
        "VALUES (:image_id, :member, :status, FALSE, '2024-01-01 00:00:00', :deleted, :deleted_at)",
        {image_id, project_id, status, !is_live,
         is_live ? std::optional<std::string>{} : std::optional<std::string>("2024-01-02 00:00:00")});
  }

  model::Image found(std::string_view image_id) { return catalog->find(image_id).value(); }

  /// What an administrator finds.
  std::vector<std::string> ids(model::ImageQuery query) {
    query.viewer = {.is_admin = true};
    return ids_for_viewer(query);
  }

  std::vector<std::string> ids_for_viewer(const model::ImageQuery& query) {
    std::vector<std::string> result;
    for (const model::Image& listed : catalog->list(query)) result.push_back(listed.id);
    return result;
  }

  /// All that the viewer finds, read in pages of two.
  std::vector<std::string> ids_by_pages(model::ImageQuery query) {
    query.limit = 2;
    std::vector<std::string> result;
    for (;;) {
      const std::vector<std::string> page = ids_for_viewer(query);
      if (page.empty()) return result;
      result.insert(result.end(), page.begin(), page.end());
      query.marker = page.back();
    }
  }

  FakeClock clock{Timestamp{std::chrono::microseconds{1'772'357'400'000'042}}};  // 2026-03-01 09:30:00.000042

 private:
  void expect_none(std::string_view what, std::string_view statement) {
    EXPECT_THAT(column(statement), testing::IsEmpty()) << what;
  }

  void expect_no_stray_images() {
    for (const std::string& id : column("SELECT id FROM images")) {
      EXPECT_TRUE(expected_.contains(id)) << "an image was left behind: " << id;
    }
  }

  void expect_sound_children(const std::string& table) {
    expect_none(table + ": rows without an image",
                "SELECT image_id FROM " + table + " WHERE image_id NOT IN (SELECT id FROM images)");
    expect_none(table + ": live rows of deleted images",
                "SELECT image_id FROM " + table +
                    " WHERE deleted = FALSE AND image_id IN (SELECT id FROM images WHERE deleted = TRUE)");
    expect_none(table + ": rows with a deletion time that are live, or the reverse",
                "SELECT image_id FROM " + table + " WHERE deleted <> (deleted_at IS NOT NULL)");
  }

  std::unique_ptr<TestDatabase> database_;
  std::set<std::string> expected_;

 protected:
  std::optional<sql::Session> other;
  std::optional<Catalog> catalog;
};

}  // namespace vitrine::catalog

// The tests, by subject.
#include "tests/contract/catalog_changes.h"
#include "tests/contract/catalog_counts.h"
#include "tests/contract/catalog_filters.h"
#include "tests/contract/catalog_import_lock.h"
#include "tests/contract/catalog_lists.h"
#include "tests/contract/catalog_members.h"
#include "tests/contract/catalog_records.h"
#include "tests/contract/catalog_tasks.h"
#include "tests/contract/catalog_visibility.h"
