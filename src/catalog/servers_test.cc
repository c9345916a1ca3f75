#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "base/clock.h"
#include "catalog/copy.h"
#include "catalog/sql/watchdog.h"
#include "catalog/tables/image_filters.h"
#include "catalog/tables/image_order.h"
#include "catalog/tables/image_page.h"
#include "tests/contract/catalog_contract.h"
#include "tests/support/catalog_rows.h"
#include "tests/support/server_database.h"
#include "tests/support/sqlite_file.h"

/// Engines that are servers. Not for ctest: tests/services/with-databases starts them.
namespace vitrine::catalog {
namespace {

class ServerTestDatabase : public TestDatabase {
 public:
  explicit ServerTestDatabase(const char* variable) : database_(variable) {}
  CatalogSettings settings() const override { return database_.settings(); }

 private:
  ServerDatabase database_;
};

TestEngine engine(const char* name, const char* variable) {
  return {name, [variable] { return std::make_unique<ServerTestDatabase>(variable); }};
}

INSTANTIATE_TEST_SUITE_P(Servers, CatalogContract,
                         testing::Values(engine("MariaDB", "VITRINE_TEST_MARIADB"),
                                         engine("PostgreSQL", "VITRINE_TEST_POSTGRESQL")),
                         [](const auto& parameter) { return parameter.param.name; });

void copy_rows(const CatalogSettings& source, const CatalogSettings& target) {
  copy_catalog({source, target}, [](const CopyProgress&) {});
}

TEST(CatalogCopyBetweenEngines, ComesBackWithTheSameRows) {
  const SqliteFile first;
  const SqliteFile last;
  const ServerDatabase mariadb("VITRINE_TEST_MARIADB");
  const ServerDatabase postgresql("VITRINE_TEST_POSTGRESQL");
  const sql::Dialect& whole_seconds = sql::mariadb_engine().dialect();
  sync_schema(first.settings());
  fill_every_table(first.settings(), 300);

  copy_rows(first.settings(), mariadb.settings());
  copy_rows(mariadb.settings(), postgresql.settings());
  copy_rows(postgresql.settings(), last.settings());

  const auto rows = tallies(first.settings(), whole_seconds);
  EXPECT_EQ(tallies(mariadb.settings(), whole_seconds), rows);
  EXPECT_EQ(tallies(postgresql.settings(), sql::postgresql_engine().dialect()), rows);
  EXPECT_EQ(tallies(last.settings(), sql::sqlite_engine().dialect()), rows);
}

TEST(CatalogCopyBetweenEngines, KeepsFractionsOfSecondsWhereBothDo) {
  const SqliteFile sqlite;
  const ServerDatabase postgresql("VITRINE_TEST_POSTGRESQL");
  const sql::Dialect& exact = sql::postgresql_engine().dialect();
  sync_schema(sqlite.settings());
  fill_every_table(sqlite.settings(), 3);

  copy_rows(sqlite.settings(), postgresql.settings());

  EXPECT_EQ(tallies(postgresql.settings(), exact), tallies(sqlite.settings(), exact));
}

TEST(CatalogCopyBetweenEngines, LetsNewRowsFollow) {
  const SqliteFile sqlite;
  sync_schema(sqlite.settings());
  fill_every_table(sqlite.settings(), 3);
  for (const char* variable : {"VITRINE_TEST_MARIADB", "VITRINE_TEST_POSTGRESQL"}) {
    const ServerDatabase server(variable);
    copy_rows(sqlite.settings(), server.settings());
    const SystemClock clock;

    Catalog catalog(server.settings(), clock);
    const model::Image image = catalog.insert({.id = "new", .properties = {{"a", "b"}}, .tags = {"c"}});

    EXPECT_EQ(image.properties.size(), 1U) << variable;
  }
}

TEST(CatalogCopyBetweenEngines, NamesRowsThatMariadbTakesForTheSame) {
  const SqliteFile sqlite;
  const ServerDatabase mariadb("VITRINE_TEST_MARIADB");
  sync_schema(sqlite.settings());
  {
    const SystemClock clock;
    Catalog(sqlite.settings(), clock).insert({.id = "i", .properties = {{"Name", "a"}, {"name", "b"}}});
  }

  try {
    copy_rows(sqlite.settings(), mariadb.settings());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("the row with id 2 of the table image_properties"));
    EXPECT_THAT(error.what(), testing::HasSubstr("ignore case"));
  }

  EXPECT_THAT(tallies(mariadb.settings(), sql::mariadb_engine().dialect()), testing::Each(copying::Tally{}));
}

/// How many rows MariaDB reads to find a page.
std::int64_t rows_read_for(sql::Session& session, const model::ImageQuery& query) {
  static constexpr sql::Type number[] = {sql::Type::integer};
  const std::string counter =
      "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS "
      "WHERE VARIABLE_NAME LIKE 'HANDLER_READ%'";
  const auto count = [&] {
    sql::Rows rows = session.query(counter, number);
    rows.next();
    return rows.integer(0);
  };
  const std::int64_t before = count();
  images::read_page(session, query);
  return count() - before;
}

/// A server with thousands of public images, of which one in four lives, and the last ones do not.
class PagesOfManyImages : public testing::Test {
 protected:
  /// `births` gives numbers n, and a time `born` for each.
  PagesOfManyImages(const char* variable, std::string_view births)
      : server_(variable), session_(sql::read_settings(server_.settings())) {
    session_.execute(fmt::format(
        "INSERT INTO images (id, name, owner, status, size, disk_format, container_format, created_at, "
        "updated_at, deleted, os_hidden, min_disk, min_ram, visibility) SELECT CONCAT('image ', n), "
        "CONCAT('name ', FLOOR(n / 10)), 'p', 'active', n, 'raw', 'bare', born, born, MOD(n, 4) > 0 OR n > "
        "12000, FALSE, 0, 0, 'public' FROM ({}) AS births",
        births));
    session_.execute(
        "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
        "SELECT id, 'os_distro', 'debian', created_at, FALSE FROM images");
    session_.execute(
        "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
        "SELECT id, 'build', id, created_at, FALSE FROM images");
    session_.execute(
        "INSERT INTO image_tags (image_id, value, created_at, deleted) "
        "SELECT id, 'common', created_at, FALSE FROM images");
  }

  const model::Caller admin_{.is_admin = true};
  const ServerDatabase server_;
  sql::Session session_;
};

class PagesOnMariadb : public PagesOfManyImages {
 protected:
  PagesOnMariadb()
      : PagesOfManyImages("VITRINE_TEST_MARIADB",
                          "SELECT seq AS n, TIMESTAMP'2024-01-01 00:00:00' + INTERVAL seq MINUTE AS born "
                          "FROM seq_1_to_16000") {
    session_.execute("ANALYZE TABLE images, image_properties, image_tags");
  }
};

TEST_F(PagesOnMariadb, ReadFewImages) {
  const model::Caller other{.project_id = "other"};
  const model::TextFilter name{model::TextColumn::name, {"name 150"}};
  const model::TextFilter owner{model::TextColumn::owner, {"p"}};
  const model::TimeFilter changed{model::TimeColumn::updated_at, model::Comparison::less,
                                  *parse_time("2024-01-01T00:50:00Z")};

  EXPECT_LT(rows_read_for(session_, {.viewer = admin_}), 200);
  EXPECT_LT(rows_read_for(session_, {.viewer = other}), 200);
  EXPECT_LT(rows_read_for(session_, {.marker = "image 4000", .viewer = admin_}), 200);
  EXPECT_LT(rows_read_for(session_, {.marker = "image 4000", .viewer = other}), 200);
  EXPECT_LT(rows_read_for(session_, {.viewer = admin_, .texts = {name}}), 200);
  EXPECT_LT(rows_read_for(session_, {.marker = "image 4000", .viewer = admin_, .texts = {owner}}), 200);
  EXPECT_LT(rows_read_for(session_, {.viewer = admin_, .times = {changed}}), 200);
  EXPECT_LT(rows_read_for(session_, {.viewer = admin_, .properties = {{"build", "image 4000"}}}), 200);
}

TEST_F(PagesOnMariadb, ReadFewImagesInEveryOrder) {
  for (const model::SortKey key :
       {model::SortKey::created_at, model::SortKey::updated_at, model::SortKey::name, model::SortKey::status,
        model::SortKey::size, model::SortKey::disk_format, model::SortKey::container_format,
        model::SortKey::id}) {
    for (const model::SortOrder order : {model::SortOrder::ascending, model::SortOrder::descending}) {
      const model::ImageQuery query{.sort = {{key, order}}, .viewer = admin_};
      model::ImageQuery next = query;
      next.marker = "image 6000";

      EXPECT_LT(rows_read_for(session_, query), 400) << static_cast<int>(key);
      EXPECT_LT(rows_read_for(session_, next), 400) << static_cast<int>(key);
    }
  }
}

TEST_F(PagesOnMariadb, AreTakenInTheirOrderWhereManyImagesPass) {
  constexpr std::int64_t until_known = 2001 + 2250;  // the filter is not narrow; how far to walk

  EXPECT_LT(rows_read_for(session_, {.viewer = admin_, .tags = {"common"}}), until_known + 200);
  EXPECT_LT(rows_read_for(session_, {.viewer = admin_, .properties = {{"os_distro", "debian"}}}),
            until_known + 200);
}

TEST_F(PagesOnMariadb, AreFoundWithoutTheIndexesThatAnOperatorDropped) {
  const SystemClock clock;
  Catalog catalog(server_.settings(), clock);
  const model::ImageQuery query{.limit = 10, .marker = "image 4000", .viewer = admin_};
  const std::vector<model::Image> before = catalog.list(query);

  session_.execute("DROP INDEX vitrine_images_created_at ON images");

  const std::vector<model::Image> after = catalog.list(query);
  ASSERT_EQ(after.size(), 10U);
  EXPECT_EQ(after.front().id, before.front().id);
  EXPECT_EQ(after.back().id, before.back().id);
}

class PagesOnPostgresql : public PagesOfManyImages {
 protected:
  PagesOnPostgresql()
      : PagesOfManyImages("VITRINE_TEST_POSTGRESQL",
                          "SELECT n, TIMESTAMP '2024-01-01 00:00:00' + n * INTERVAL '1 minute' AS born "
                          "FROM generate_series(1, 16000) AS s(n)") {
    session_.execute("ANALYZE images, image_properties, image_tags");
  }

  std::string plan_of(const StatementText& statement) {
    static constexpr sql::Type line[] = {sql::Type::text};
    std::string plan;
    sql::Rows rows = session_.query("EXPLAIN " + statement.text(), line, statement.values());
    while (rows.next()) plan += rows.text(0) + "\n";
    return plan;
  }
};

TEST_F(PagesOnPostgresql, FindPropertiesByTheBeginningOfTheirValues) {
  const std::string wordy(100'000, 'v');
  session_.execute(
      "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
      "VALUES ('image 4', 'notes', :value, TIMESTAMP '2024-01-01 00:00:00', FALSE)",
      {wordy});
  const model::ImageQuery query{.viewer = admin_, .properties = {{"notes", wordy}}};

  const auto narrow = images::find_narrow_filter(session_, query, 2000);

  ASSERT_TRUE(narrow);
  EXPECT_THAT(plan_of(*narrow), testing::HasSubstr("vitrine_image_properties_name_value"));
  const SystemClock clock;
  Catalog catalog(server_.settings(), clock);
  EXPECT_EQ(catalog.list(query).size(), 1U);
  EXPECT_TRUE(catalog.list({.viewer = admin_, .properties = {{"notes", wordy + "v"}}}).empty());
}

TEST_F(PagesOnPostgresql, AreTakenInTheirOrderWhereManyImagesPass) {
  const model::ImageQuery tagged{.viewer = admin_, .tags = {"common"}};
  const model::ImageQuery described{.viewer = admin_, .properties = {{"os_distro", "debian"}}};
  for (const model::ImageQuery& query : {tagged, described}) {
    const images::ImageOrder order(query.sort, session_.dialect());
    const images::Way way = images::first_way(session_, query, order);
    EXPECT_TRUE(way.horizon);
    const StatementText page = images::page_statement(session_, query, order, way);
    EXPECT_THAT(plan_of(page),
                AllOf(testing::HasSubstr("Backward using vitrine_images_created_at"),
                      testing::HasSubstr("SubPlan"), testing::Not(testing::HasSubstr("Join"))));
  }
}

TEST(AServerThatDoesNotAnswer, IsGivenUpAfterTheTimeItHas) {
  for (const char* variable : {"VITRINE_TEST_MARIADB", "VITRINE_TEST_POSTGRESQL"}) {
    CatalogSettings settings = ServerDatabase(variable).settings();
    settings.answer_timeout = std::chrono::seconds(1);
    const sql::Settings read = sql::read_settings(settings);
    sql::Watchdog watchdog(read.answer_timeout);
    sql::Session session(read, &watchdog);
    const bool is_mariadb = session.dialect().waits_without_end == false;
    const auto start = std::chrono::steady_clock::now();

    EXPECT_THROW(session.execute(is_mariadb ? "DO SLEEP(50)" : "SELECT pg_sleep(50)"), Error);

    EXPECT_EQ(session.remedy(), sql::Remedy::reconnect) << variable;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30)) << variable;
  }
}

}  // namespace
}  // namespace vitrine::catalog
