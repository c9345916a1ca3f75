#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <thread>

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/migrations/revisions.h"
#include "catalog/sql/session.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    return error.what();
  }
  return {};
}

class Schema : public testing::Test {
 protected:
  sql::Session session() { return sql::Session(sql::read_settings(settings)); }

  /// Makes the database look as one of these revisions' Glance left it.
  void stamp(const std::vector<std::string>& revisions) {
    sql::Session database(sql::read_settings(settings));
    database.execute("DELETE FROM alembic_version");
    for (const std::string& revision : revisions) {
      database.execute("INSERT INTO alembic_version (version_num) VALUES (:revision)", {revision});
    }
  }

  void drop_what_wallaby_lacks() {
    sql::Session database(sql::read_settings(settings));
    for (const char* statement :
         {"DROP TABLE cached_images", "DROP TABLE node_reference", "DROP INDEX vitrine_images_created_at"}) {
      database.execute(statement);
    }
  }

  std::vector<std::string> tables() { return session().table_names(); }
  std::string refusal_to_open() {
    return message_of([&] { Catalog(settings, clock); });
  }

  SqliteFile file;
  CatalogSettings settings = file.settings();
  FakeClock clock{Timestamp{}};
};

TEST_F(Schema, IsCreatedOnceInAnEmptyDatabase) {
  EXPECT_EQ(sync_schema(settings), SyncResult::created);
  EXPECT_EQ(sync_schema(settings), SyncResult::up_to_date);

  EXPECT_THAT(schema_revisions(settings), ElementsAre("2024_1_contract01"));
  EXPECT_THAT(tables(),
              ElementsAre("alembic_version", "cached_images", "image_locations", "image_members",
                          "image_properties", "image_tags", "images", "metadef_namespace_resource_types",
                          "metadef_namespaces", "metadef_objects", "metadef_properties",
                          "metadef_resource_types", "metadef_tags", "node_reference", "task_info", "tasks"));
}

TEST_F(Schema, IsCreatedOnceByTwoWhoTryAtTheSameTime) {
  SyncResult results[2]{};
  std::thread first([&] { results[0] = sync_schema(settings); });
  std::thread second([&] { results[1] = sync_schema(settings); });
  first.join();
  second.join();

  EXPECT_THAT(results, testing::UnorderedElementsAre(SyncResult::created, SyncResult::up_to_date));
}

TEST_F(Schema, OfAnOlderReleaseIsUpgraded) {
  for (const char* release : {"wallaby", "xena", "yoga", "zed", "2023_1"}) {
    sync_schema(settings);
    drop_what_wallaby_lacks();
    stamp({std::string(release) + "_contract01"});

    EXPECT_EQ(sync_schema(settings), SyncResult::upgraded) << release;

    EXPECT_THAT(schema_revisions(settings), ElementsAre("2024_1_contract01"));
    EXPECT_THAT(tables(), Contains("cached_images"));
    EXPECT_THAT(tables(), Contains("node_reference"));
  }
}

TEST_F(Schema, OfAnOlderReleaseIsServedAsItIs) {
  sync_schema(settings);
  drop_what_wallaby_lacks();
  stamp({"wallaby_contract01"});

  Catalog catalog(settings, clock);
  catalog.insert({.id = "a"});

  EXPECT_EQ(catalog.list({.viewer = {.is_admin = true}}).size(), 1U);
  EXPECT_THAT(schema_revisions(settings), ElementsAre("wallaby_contract01"));
}

TEST_F(Schema, InTheMiddleOfARollingUpgradeIsServedAndUpgraded) {
  sync_schema(settings);
  stamp({"2023_1_contract01", "2024_1_expand01"});

  EXPECT_EQ(refusal_to_open(), "");
  EXPECT_EQ(sync_schema(settings), SyncResult::upgraded);
  EXPECT_THAT(schema_revisions(settings), ElementsAre("2024_1_contract01"));
}

TEST_F(Schema, OfAnUnknownRevisionIsLeftAlone) {
  for (const std::vector<std::string>& revisions :
       std::vector<std::vector<std::string>>{{"2027_1_contract01"},
                                             {"ussuri_contract01"},
                                             {"2024_1_contract01", "2027_1_expand01"},
                                             {"zed_expand01"}}) {
    sync_schema(settings);
    stamp(revisions);

    EXPECT_THAT(message_of([&] { sync_schema(settings); }), HasSubstr(revisions.back()));
    EXPECT_THAT(refusal_to_open(), HasSubstr(revisions.back()));

    EXPECT_EQ(schema_revisions(settings), revisions);
    stamp({"2024_1_contract01"});
  }
}

TEST_F(Schema, OfAnotherProgramIsLeftAlone) {
  session().execute("CREATE TABLE invoices (id INTEGER)");

  EXPECT_THAT(message_of([&] { sync_schema(settings); }), HasSubstr("another database"));

  EXPECT_THAT(tables(), ElementsAre("invoices"));
}

TEST_F(Schema, ThatIsMissingIsNotServedAndTheMessageSaysWhatToRun) {
  EXPECT_THAT(refusal_to_open(), HasSubstr("vitrine db sync"));
  EXPECT_THAT(schema_revisions(settings), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(file.path())) << "looking for a database must not create one";
}

TEST_F(Schema, InAFolderThatIsMissingCannotBeCreated) {
  settings.connection = "sqlite:///" + (file.folder() / "missing/x.sqlite").string();

  EXPECT_THAT(message_of([&] { sync_schema(settings); }), HasSubstr("missing/x.sqlite"));
}

TEST_F(Schema, InAFileThatIsNoDatabaseIsRefused) {
  std::ofstream(file.path()) << std::string(10'000, 'x');

  EXPECT_THAT(message_of([&] { sync_schema(settings); }), HasSubstr("not a database"));
  EXPECT_THAT(refusal_to_open(), HasSubstr("not a database"));
}

}  // namespace
}  // namespace vitrine::catalog
