#include <algorithm>

#include "catalog/copy.h"
#include "catalog/sql/watchdog.h"
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

/// How many rows MariaDB reads for a page.
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
  images::ImageOrder order(query.sort);
  if (query.marker) order.start_after(session, *query.marker, query.viewer);
  const StatementText statement = images::page_statement(session, query, order);
  const std::int64_t before = count();
  session.query("SELECT COUNT(*) FROM (" + statement.text() + ") AS page", number, statement.values()).next();
  return count() - before;
}

TEST(PagesOnMariadb, ReadFewOfManyImages) {
  const ServerDatabase mariadb("VITRINE_TEST_MARIADB");
  sql::Session session(sql::read_settings(mariadb.settings()));
  session.execute(
      "INSERT INTO images (id, name, status, created_at, deleted, os_hidden, min_disk, min_ram, visibility) "
      "SELECT CONCAT('image ', seq), CONCAT('name ', seq DIV 10), 'active', "
      "TIMESTAMP'2024-01-01 00:00:00' + INTERVAL seq MINUTE, seq MOD 4 > 0, FALSE, 0, 0, 'public' FROM "
      "seq_1_to_16000");
  session.execute(
      "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
      "SELECT id, 'os_distro', 'debian', created_at, FALSE FROM images");
  session.execute(
      "INSERT INTO image_tags (image_id, value, created_at, deleted) "
      "SELECT id, 'common', created_at, FALSE FROM images");
  session.execute("ANALYZE TABLE images, image_properties, image_tags");
  const model::Caller admin{.is_admin = true};
  const model::TextFilter name{model::TextColumn::name, {"name 150"}};

  EXPECT_LT(rows_read_for(session, {.viewer = admin}), 200);
  EXPECT_LT(rows_read_for(session, {.marker = "image 4000", .viewer = admin}), 200);
  EXPECT_LT(rows_read_for(session, {.viewer = admin, .texts = {name}}), 200);
  EXPECT_LT(rows_read_for(session, {.viewer = admin, .tags = {"common"}}), 200);
  EXPECT_LT(rows_read_for(session, {.viewer = admin, .properties = {{"os_distro", "debian"}}}), 200);
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
