#include "catalog/copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "catalog/schema.h"
#include "tests/support/catalog_rows.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// More than a page.
constexpr std::int64_t many = 300;

class CatalogCopy : public testing::Test {
 protected:
  CatalogCopy() { sync_schema(ends.source); }

  std::int64_t copy(const std::function<void(const CopyProgress&)>& report = [](const CopyProgress&) {}) {
    return copy_catalog(ends, report);
  }

  std::string refusal(const std::function<void(const CopyProgress&)>& report = [](const CopyProgress&) {}) {
    try {
      copy(report);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  static std::vector<copying::Tally> tallies(const CatalogSettings& settings) {
    return catalog::tallies(settings, sql::sqlite_engine().dialect());
  }

  void execute(const CatalogSettings& settings, const std::string& statement) {
    sql::Session session(sql::read_settings(settings));
    session.execute("PRAGMA foreign_keys = OFF");
    session.execute(statement);
  }

  /// The schema, and nothing in it.
  void expect_empty_target() {
    EXPECT_THAT(tallies(ends.target), Each(copying::Tally{}));
    EXPECT_THAT(schema_revisions(ends.target), ElementsAre(newest_revision));
  }

  SqliteFile source_file;
  SqliteFile target_file;
  CopyEnds ends{source_file.settings(), target_file.settings()};
};

TEST_F(CatalogCopy, HoldsEveryRowOfEveryTable) {
  fill_every_table(ends.source, many);

  EXPECT_EQ(copy(), many * static_cast<std::int64_t>(copying::copied_tables().size()));

  EXPECT_EQ(tallies(ends.target), tallies(ends.source));
  EXPECT_THAT(schema_revisions(ends.target), ElementsAre(newest_revision));
}

TEST_F(CatalogCopy, KnowsEveryTableAndColumn) {
  sql::Session session(sql::read_settings(ends.source));
  static constexpr sql::Type types[] = {sql::Type::text};

  std::vector<std::string> known{"alembic_version"};
  for (const copying::Table& table : copying::copied_tables()) {
    known.emplace_back(table.name);
    std::vector<std::string> columns;
    sql::Rows rows =
        session.query("SELECT name FROM pragma_table_info('" + std::string(table.name) + "')", types);
    while (rows.next()) columns.push_back(rows.text(0));
    std::vector<std::string> copied;
    for (const copying::Column& column : table.columns) copied.emplace_back(column.name);
    EXPECT_THAT(copied, testing::UnorderedElementsAreArray(columns)) << table.name;
  }
  EXPECT_THAT(known, testing::UnorderedElementsAreArray(session.table_names()));
}

TEST_F(CatalogCopy, TellsHowFarItIs) {
  fill_every_table(ends.source, many);
  std::vector<std::int64_t> images;

  copy([&](const CopyProgress& progress) {
    if (progress.table == "images") images.push_back(progress.rows);
  });

  EXPECT_THAT(images, ElementsAre(256, many, many));
}

TEST_F(CatalogCopy, GoesIntoNoDatabaseWithRows) {
  sync_schema(ends.target);
  fill_every_table(ends.target, 1);

  EXPECT_THAT(refusal(), HasSubstr("table images holds rows"));

  EXPECT_THAT(tallies(ends.target), Each(testing::Field(&copying::Tally::rows, 1)));
  EXPECT_THAT(schema_revisions(ends.target), ElementsAre(newest_revision));
}

TEST_F(CatalogCopy, OfASourceThatChangesIsGivenUp) {
  fill_every_table(ends.source, 3);

  const std::string reason = refusal([&](const CopyProgress& progress) {
    if (progress.table == "tasks") execute(ends.source, "UPDATE images SET name = 'new' WHERE id = 'id 2'");
  });

  EXPECT_THAT(reason, HasSubstr("images was changed"));
  expect_empty_target();
}

TEST_F(CatalogCopy, OfATargetThatOthersChangeIsGivenUp) {
  fill_every_table(ends.source, 3);

  const std::string reason = refusal([&](const CopyProgress& progress) {
    if (progress.table == "tasks") execute(ends.target, "UPDATE images SET name = 'new' WHERE id = 'id 2'");
  });

  EXPECT_THAT(reason, HasSubstr("target's table images"));
  expect_empty_target();
}

TEST_F(CatalogCopy, NamesTheRowThatTheTargetCannotHold) {
  fill_every_table(ends.source, 3);
  execute(ends.source, "UPDATE image_tags SET image_id = 'nowhere' WHERE id = 2");

  EXPECT_THAT(refusal(), HasSubstr("the row with id 2 of the table image_tags"));

  expect_empty_target();
}

TEST_F(CatalogCopy, NamesATimeThatIsNone) {
  fill_every_table(ends.source, 3);
  execute(ends.source, "UPDATE images SET updated_at = 'yesterday' WHERE id = 'id 3'");

  EXPECT_THAT(refusal(), HasSubstr("row with id id 3 of the table images holds the time 'yesterday'"));

  expect_empty_target();
}

TEST_F(CatalogCopy, ThatDiedIsServedByNobodyAndBeginsAnew) {
  fill_every_table(ends.source, 3);
  sync_schema(ends.target);
  fill_every_table(ends.target, 5);
  execute(ends.target, "UPDATE alembic_version SET version_num = 'vitrine_copy_dead'");
  EXPECT_THROW(Catalog(ends.target, SystemClock()), Error);
  EXPECT_THROW(sync_schema(ends.target), Error);

  copy();

  EXPECT_EQ(tallies(ends.target), tallies(ends.source));
}

TEST_F(CatalogCopy, EndsWhenAnotherOneBegins) {
  fill_every_table(ends.source, 3);
  std::int64_t second = 0;

  const std::string reason = refusal([&](const CopyProgress& progress) {
    if (progress.table == "tasks" && second == 0) second = copy();
  });

  EXPECT_THAT(reason, HasSubstr("Another copy"));
  EXPECT_GT(second, 0);
  EXPECT_EQ(tallies(ends.target), tallies(ends.source));
  EXPECT_THAT(schema_revisions(ends.target), ElementsAre(newest_revision));
}

TEST_F(CatalogCopy, NeedsASourceAtTheNewestRevision) {
  execute(ends.source, "UPDATE alembic_version SET version_num = 'wallaby_contract01'");
  EXPECT_THAT(refusal(), HasSubstr("wallaby_contract01"));

  ends.source.connection = "sqlite:///" + (source_file.folder() / "none").string();
  EXPECT_THAT(refusal(), HasSubstr("no catalog"));
  EXPECT_FALSE(std::filesystem::exists(source_file.folder() / "none"));
  EXPECT_FALSE(std::filesystem::exists(target_file.path()));
}

}  // namespace
}  // namespace vitrine::catalog
