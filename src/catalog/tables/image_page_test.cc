#include "catalog/tables/image_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "catalog/sql/settings.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog::images {
namespace {

using model::SortKey;
using model::SortOrder;
using model::TextColumn;
using model::Visibility;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const model::Caller admin{.is_admin = true};
const model::Caller project{.project_id = "p"};

constexpr const char* after_marker = "(created_at,id)<(?,?)";
constexpr const char* sorts = "USE TEMP B-TREE FOR ORDER BY";

/// How SQLite reads the second page of a list, step by step as EXPLAIN QUERY PLAN says it.
class ImagePagePlan : public testing::Test {
 protected:
  ImagePagePlan() {
    sync_schema(file_.settings());
    session_.emplace(sql::read_settings(file_.settings()));
    session_->execute(
        "INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram) "
        "VALUES ('marker', 'active', '2024-01-01 00:00:00.000000', FALSE, 0, 0)");
  }

  std::vector<std::string> plan(const model::ImageQuery& query) {
    static constexpr sql::Type types[] = {sql::Type::integer, sql::Type::integer, sql::Type::integer,
                                          sql::Type::text};
    ImageOrder order(query.sort, session_->dialect());
    order.start_after(*session_, "marker", admin);
    const StatementText statement =
        page_statement(*session_, query, order, first_way(*session_, query, order));
    std::vector<std::string> steps;
    sql::Rows rows = session_->query("EXPLAIN QUERY PLAN " + statement.text(), types, statement.values());
    while (rows.next()) steps.push_back(rows.text(3));
    return steps;
  }

  /// Gives this tag and this property to so many images that a filter for them is not narrow.
  void make_common(const std::string& tag, const model::PropertyFilter& property) {
    session_->execute(
        "INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram) "
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 2001) "
        "SELECT i, 'active', '2024-01-01 00:00:00.000000', FALSE, 0, 0 FROM n");
    session_->execute(
        "INSERT INTO image_tags (image_id, value, created_at, deleted) "
        "SELECT id, :tag, '2024-01-01 00:00:00.000000', FALSE FROM images",
        {tag});
    session_->execute(
        "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
        "SELECT id, :name, :value, '2024-01-01 00:00:00.000000', FALSE FROM images",
        {property.name, property.value});
  }

 private:
  SqliteFile file_;
  std::optional<sql::Session> session_;
};

/// A single step through an index of ours, from the marker on and in the list's order.
auto reads_on_in(const std::string& index) {
  return ElementsAre(AllOf(HasSubstr("SEARCH images USING INDEX " + index + " ("), HasSubstr(after_marker)));
}

TEST_F(ImagePagePlan, ReadsOneIndexInOrderForAnAdministrator) {
  const std::string all = "vitrine_images_created_at";

  EXPECT_THAT(plan({.viewer = admin}), reads_on_in(all));
  EXPECT_THAT(plan({.viewer = {.project_id = "p", .is_admin = true}}), reads_on_in(all));
  EXPECT_THAT(plan({.viewer = admin, .with_community = true}), reads_on_in(all));
  EXPECT_THAT(plan({.viewer = admin, .is_hidden = true}), reads_on_in("vitrine_images_hidden_created_at"));
}

TEST_F(ImagePagePlan, ReadsOneIndexInOrderForOneVisibilityOrOwner) {
  const model::TextFilter owner{TextColumn::owner, {"p"}};

  for (const model::Caller& viewer : {admin, project, model::Caller{}}) {
    EXPECT_THAT(plan({.viewer = viewer, .visibility = Visibility::is_public}),
                reads_on_in("vitrine_images_visibility"));
  }
  EXPECT_THAT(plan({.viewer = project, .visibility = Visibility::is_private}),
              reads_on_in("vitrine_images_owner"));
  EXPECT_THAT(plan({.viewer = admin, .texts = {owner}}), reads_on_in("vitrine_images_owner"));
  EXPECT_THAT(plan({.viewer = admin, .visibility = Visibility::is_public, .texts = {owner}}),
              reads_on_in("vitrine_images_owner"));
}

TEST_F(ImagePagePlan, MergesWhatAProjectFindsAndSortsNothingButWhatIsSharedWithIt) {
  EXPECT_THAT(
      plan({.viewer = project}),
      ElementsAre(
          "MERGE (UNION ALL)", "LEFT", "MERGE (UNION ALL)", "LEFT",
          "SEARCH images USING INDEX vitrine_images_visibility (visibility=? AND (created_at,id)<(?,?))",
          "RIGHT", "SEARCH images USING INDEX vitrine_images_owner (owner=? AND (created_at,id)<(?,?))",
          "RIGHT", "CO-ROUTINE chosen",
          "SEARCH image_members USING COVERING INDEX vitrine_image_members_member (member=? AND "
          "status=?)",
          "SCAN chosen", "SEARCH images USING INDEX sqlite_autoindex_images_1 (id=?)", sorts));
}

TEST_F(ImagePagePlan, ReadsNamesakesInOrder) {
  const std::vector<model::TextFilter> name{{TextColumn::name, {"x"}}};

  EXPECT_THAT(plan({.viewer = admin, .texts = name}), reads_on_in("vitrine_images_name"));
  EXPECT_THAT(plan({.viewer = admin, .visibility = Visibility::is_public, .texts = name}),
              reads_on_in("vitrine_images_name"));
  const std::vector<std::string> of_project = plan({.viewer = project, .texts = name});
  EXPECT_THAT(of_project.front(), HasSubstr("vitrine_images_name (<expr>=? AND (created_at,id)<(?,?))"));
  EXPECT_THAT(of_project, Not(Contains(sorts)));
}

TEST_F(ImagePagePlan, SortsTheFewImagesThatANarrowFilterLetsThrough) {
  struct Row {
    model::ImageQuery query;
    const char* step;
  };
  for (const Row& row : {
           Row{{.tags = {"rare"}}, "image_tags USING COVERING INDEX vitrine_image_tags_value (value=?)"},
           Row{{.properties = {{"p", "rare"}}},
               "image_properties USING COVERING INDEX vitrine_image_properties_name_value (name=? AND "
               "value=?)"},
           Row{{.texts = {{TextColumn::status, {"saving"}}}},
               "images USING COVERING INDEX vitrine_images_status (status=?)"},
           Row{{.texts = {{TextColumn::disk_format, {"iso"}}}},
               "images USING INDEX vitrine_images_disk_format (<expr>=?)"},
           Row{{.texts = {{TextColumn::checksum, {"x"}}}},
               "images USING INDEX checksum_image_idx (checksum=?)"},
           Row{{.texts = {{TextColumn::id, {"x", "y"}}}},
               "images USING INDEX sqlite_autoindex_images_1 (id=?)"},
           Row{{.times = {{model::TimeColumn::updated_at, model::Comparison::less, Timestamp{}}}},
               "images USING INDEX vitrine_images_updated_at (<expr><?)"},
       }) {
    for (const model::Caller& viewer : {admin, project}) {
      model::ImageQuery query = row.query;
      query.viewer = viewer;
      const std::vector<std::string> steps = plan(query);
      EXPECT_THAT(steps, Contains(HasSubstr(row.step)));
      EXPECT_THAT(steps, Contains("SEARCH images USING INDEX sqlite_autoindex_images_1 (id=?)"));
      EXPECT_THAT(steps, Contains(sorts));
    }
  }
}

TEST_F(ImagePagePlan, WalksThroughTheListInOrderForAFilterThatManyPass) {
  make_common("common", {"p", "common"});

  for (const model::ImageQuery& query : std::initializer_list<model::ImageQuery>{
           {.viewer = admin, .tags = {"common"}},
           {.viewer = admin, .properties = {{"p", "common"}}},
           {.viewer = admin, .texts = {{TextColumn::status, {"active"}}}},
       }) {
    const std::vector<std::string> steps = plan(query);
    EXPECT_THAT(steps.front(), HasSubstr("vitrine_images_created_at ((created_at,id)<(?,?))"));
    EXPECT_THAT(steps, Not(Contains(sorts)));
  }
}

TEST_F(ImagePagePlan, AnotherNarrowFilterSparesTheWalk) {
  make_common("common", {"p", "common"});

  EXPECT_THAT(plan({.viewer = admin, .tags = {"common", "rare"}, .properties = {{"p", "common"}}}),
              Contains("SEARCH image_tags USING COVERING INDEX vitrine_image_tags_value (value=?)"));
}

TEST_F(ImagePagePlan, EverySortKeyHasAnIndexInItsOrder) {
  for (const SortKey key : {SortKey::name, SortKey::status, SortKey::container_format, SortKey::disk_format,
                            SortKey::size, SortKey::id, SortKey::created_at, SortKey::updated_at}) {
    for (const SortOrder order : {SortOrder::ascending, SortOrder::descending}) {
      const std::vector<std::string> steps = plan({.sort = {{key, order}}, .viewer = admin});
      EXPECT_THAT(steps, ElementsAre(StartsWith("SEARCH images USING INDEX "))) << static_cast<int>(key);
    }
  }
}

}  // namespace
}  // namespace vitrine::catalog::images
