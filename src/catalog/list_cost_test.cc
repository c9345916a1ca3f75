#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/sql/session.h"
#include "catalog/sql/settings.h"
#include "tests/support/sqlite_file.h"

/// What lists cost, in statements and in steps of SQLite's machine, which are the same on every computer.
namespace vitrine::catalog {
namespace {

const model::Caller admin{.is_admin = true};
const model::Caller project{.project_id = "p"};

struct Cost {
  std::int64_t statements = 0;
  std::int64_t steps = 0;

  bool operator==(const Cost&) const = default;
};

/// Watches every connection that is opened while it lives. One at a time, on one thread.
class Meter {
 public:
  Meter() {
    total = {};
    sqlite3_auto_extension(entry());
  }
  ~Meter() { sqlite3_cancel_auto_extension(entry()); }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  template <class Call>
  Cost cost_of(Call&& call) {
    total = {};
    call();
    return total;
  }

 private:
  static void (*entry())() { return reinterpret_cast<void (*)()>(watch); }

  static int watch(sqlite3* connection, const char**, const void*) {
    return sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, add, nullptr);
  }

  static int add(unsigned, void*, void* statement, void*) {
    ++total.statements;
    total.steps += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1);
    return 0;
  }

  static inline Cost total;
};

/// A database with images of one kind, each with all that an image can have.
class Collection {
 public:
  Collection() {
    sync_schema(file_.settings());
    session_.emplace(sql::read_settings(file_.settings()));
  }

  /// `seconds`: which of each minute they were made in.
  void add_live(int count, int seconds) { add("live", count, seconds, "FALSE", "NULL"); }
  void add_deleted(int count, int seconds) {
    add("deleted", count, seconds, "TRUE", "'2024-02-01 00:00:00.000000'");
  }

  /// Made after all others, and with nothing but a row.
  void add_bare(int count) {
    session_->execute(
        "INSERT INTO images (id, name, status, visibility, created_at, deleted, min_disk, min_ram) "
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(count) +
        ") SELECT printf('bare-%06d', i), 'bare', 'active', 'public', strftime('%Y-%m-%d %H:%M:%S.000000', "
        "'2025-01-01', i || ' minutes'), FALSE, 0, 0 FROM n");
  }

  /// Leaves no public image, so that a project finds its own alone.
  void make_private() { session_->execute("UPDATE images SET visibility = 'private'"); }

  CatalogSettings settings() const { return file_.settings(); }

 private:
  void add(const std::string& kind, int count, int seconds, const std::string& is_deleted,
           const std::string& deleted_at) {
    const std::string numbers = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < " +
                                std::to_string(count) + ") ";
    const std::string stamps = "'2024-01-01 00:00:00.000000', " + is_deleted + ", " + deleted_at;
    const std::string of_each = " FROM images WHERE id LIKE '" + kind + "-%'";
    session_->execute(
        "INSERT INTO images (id, name, status, visibility, owner, size, disk_format, checksum, created_at, "
        "deleted, deleted_at, min_disk, min_ram) " +
        numbers + "SELECT printf('" + kind + "-%06d', i), 'name', CASE WHEN " + is_deleted +
        " THEN 'deleted' ELSE 'active' END, "
        "CASE i % 3 WHEN 0 THEN 'public' WHEN 1 THEN 'private' ELSE 'shared' END, "
        "CASE i % 4 WHEN 0 THEN 'p' ELSE 'q' END, i, 'raw', 'sum', "
        "printf('2024-01-%02d %02d:%02d:" +
        (seconds < 10 ? "0" : "") + std::to_string(seconds) +
        ".000000', 1 + i / 1440 % 28, i / 60 % 24, i % 60), " + is_deleted + ", " + deleted_at +
        ", 0, 0 FROM n");
    for (const char* name : {"one", "two"}) {
      session_->execute(
          "INSERT INTO image_properties (image_id, name, value, created_at, deleted, deleted_at) SELECT id, "
          "'" +
          std::string(name) + "', 'value', " + stamps + of_each);
      session_->execute(
          "INSERT INTO image_tags (image_id, value, created_at, deleted, deleted_at) SELECT id, '" +
          std::string(name) + "', " + stamps + of_each);
      session_->execute(
          "INSERT INTO image_locations (image_id, value, meta_data, created_at, deleted, deleted_at, status) "
          "SELECT id, 'file:///x', '{}', " +
          stamps + ", CASE WHEN " + is_deleted + " THEN 'deleted' ELSE 'active' END" + of_each);
    }
    session_->execute(
        "INSERT INTO image_members (image_id, member, status, can_share, created_at, deleted, deleted_at) "
        "SELECT id, 'p', 'accepted', FALSE, " +
        stamps + of_each + " AND visibility = 'shared'");
  }

  SqliteFile file_;
  std::optional<sql::Session> session_;
};

struct Named {
  std::string name;
  model::ImageQuery query;
};

/// Lists that differ in how they are read.
std::vector<Named> lists() {
  std::vector<Named> all;
  for (const model::Caller& viewer : {admin, project}) {
    const std::string whose = viewer.is_admin ? "an administrator's " : "a project's ";
    const auto add = [&](const std::string& name, model::ImageQuery query) {
      query.viewer = viewer;
      all.push_back({whose + name, std::move(query)});
    };
    add("whole list", {});
    add("public images", {.visibility = model::Visibility::is_public});
    add("images with two tags", {.tags = {"one", "two"}});
    add("images with a property", {.properties = {{"one", "value"}}});
    add("images of an owner", {.texts = {{model::TextColumn::owner, {"p"}}}});
    add("namesakes", {.texts = {{model::TextColumn::name, {"name"}}}});
    add("images of a status", {.texts = {{model::TextColumn::status, {"active"}}}});
    add("public images by size", {.sort = {{model::SortKey::size, model::SortOrder::ascending}},
                                  .visibility = model::Visibility::is_public});
    add("images of an owner by size", {.sort = {{model::SortKey::size, model::SortOrder::ascending}},
                                       .texts = {{model::TextColumn::owner, {"p"}}}});
    add("list by name", {.sort = {{model::SortKey::name, model::SortOrder::descending}}});
    add("list by size", {.sort = {{model::SortKey::size, model::SortOrder::ascending}}});
  }
  return all;
}

TEST(ListCost, IsAFixedNumberOfStatementsHoweverManyImagesAPageHas) {
  Meter meter;
  Collection collection;
  collection.add_live(4100, 30);
  const SystemClock clock;
  Catalog catalog(collection.settings(), clock);

  std::vector<Named> all = lists();
  for (auto& [name, query] : all) {
    std::vector<std::int64_t> statements;
    catalog.list(query);  // opens the connection
    for (const std::uint64_t size : {1, 25, 1000}) {
      query.limit = size;
      std::vector<model::Image> page;
      statements.push_back(meter.cost_of([&] { page = catalog.list(query); }).statements);
      ASSERT_EQ(page.size(), size);
      for (const model::Image& image : page) {
        ASSERT_EQ(image.properties.size() + image.tags.size() + image.locations.size(), 6u);
      }
    }
    EXPECT_GT(statements.front(), 3);
    EXPECT_THAT(statements, testing::Each(statements.front())) << name;
  }
}

TEST(ListCost, OfAFilterThatOnlyOldImagesPassDoesNotRiseWithNewOnes) {
  Meter meter;
  const SystemClock clock;
  const model::ImageQuery query{
      .limit = 10, .viewer = admin, .tags = {"one"}, .properties = {{"two", "value"}}};
  std::vector<std::vector<std::string>> pages;
  std::vector<std::int64_t> steps;
  for (const int newer : {2500, 9000}) {
    Collection collection;
    collection.add_live(4100, 30);
    collection.add_bare(newer);
    Catalog catalog(collection.settings(), clock);
    catalog.list(query);  // opens the connection
    std::vector<std::string>& page = pages.emplace_back();
    const Cost cost = meter.cost_of([&] {
      for (const model::Image& image : catalog.list(query)) page.push_back(image.id);
    });
    steps.push_back(cost.steps);
  }
  EXPECT_EQ(pages.front().size(), 10U);
  EXPECT_EQ(pages.front(), pages.back());
  EXPECT_EQ(steps.front(), steps.back());
}

TEST(ListCost, OfAProjectWithFewImagesDoesNotRiseWithThoseThatPassAFilter) {
  Meter meter;
  const SystemClock clock;
  const model::ImageQuery query{.viewer = {.project_id = "small"}, .tags = {"one"}};
  std::vector<std::int64_t> steps;
  for (const int others : {9000, 15'000}) {
    Collection collection;
    collection.add_live(others, 30);
    collection.make_private();
    Catalog catalog(collection.settings(), clock);
    catalog.list(query);  // opens the connection
    steps.push_back(meter.cost_of([&] { EXPECT_TRUE(catalog.list(query).empty()); }).steps);
  }
  EXPECT_EQ(steps.front(), steps.back());
}

TEST(ListCost, DoesNotRiseWithDeletedRows) {
  Meter meter;
  const SystemClock clock;
  Collection clean;
  clean.add_live(400, 30);
  Collection full;
  full.add_live(400, 30);
  full.add_deleted(10'000, 15);
  Catalog without(clean.settings(), clock);
  Catalog with(full.settings(), clock);

  std::vector<Named> all = lists();
  for (auto& [name, query] : all) {
    query.limit = 25;
    without.list(query);  // opens the connection
    with.list(query);
    const Cost expected = meter.cost_of([&] { without.list(query); });
    const Cost cost = meter.cost_of([&] { with.list(query); });

    EXPECT_GT(expected.steps, 100);
    EXPECT_EQ(cost.statements, expected.statements) << name;
    EXPECT_EQ(cost.steps, expected.steps) << name;
  }
}

}  // namespace
}  // namespace vitrine::catalog
