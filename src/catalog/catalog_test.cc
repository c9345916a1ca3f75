#include "catalog/catalog.h"

#include "tests/contract/catalog_contract.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog {
namespace {

class SqliteTestDatabase : public TestDatabase {
 public:
  CatalogSettings settings() const override { return file_.settings(); }

 private:
  SqliteFile file_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogContract,
                         testing::Values(TestEngine{"Sqlite",
                                                    [] { return std::make_unique<SqliteTestDatabase>(); }}),
                         [](const auto& engine) { return engine.param.name; });

/// A catalog on a file whose lock is waited for a moment only, and a second program at the same file.
class SqliteCatalog : public testing::Test {
 protected:
  SqliteCatalog() {
    settings.busy_timeout = std::chrono::milliseconds(50);
    sync_schema(settings);
    catalog.emplace(settings, clock);
    catalog->insert({.id = "a", .name = "old"});
    other.emplace(sql::read_settings(settings));
  }

  void rename(const std::string& name) {
    catalog->change("a", [&](model::Image& image) { image.name = name; });
  }

  SqliteFile file;
  CatalogSettings settings = file.settings();
  FakeClock clock{Timestamp{}};
  std::optional<Catalog> catalog;
  std::optional<sql::Session> other;
};

TEST_F(SqliteCatalog, GivesUpWhenAnotherProgramKeepsTheLock) {
  {
    const sql::Transaction foreign(*other, sql::Access::write);
    EXPECT_EQ(code_of([&] { rename("new"); }), ErrorCode::unavailable);
    EXPECT_EQ(code_of([&] { catalog->insert({.id = "b"}); }), ErrorCode::unavailable);
  }

  EXPECT_EQ(catalog->find("a")->name, "old");
  EXPECT_FALSE(catalog->find("b"));
  EXPECT_NO_THROW(rename("new"));
}

TEST_F(SqliteCatalog, ReadsWhileAnotherProgramWrites) {
  const sql::Transaction foreign(*other, sql::Access::write);
  other->execute("UPDATE images SET name = 'half done'");

  EXPECT_EQ(catalog->find("a")->name, "old");
  EXPECT_EQ(catalog->list({.viewer = {.is_admin = true}}).size(), 1U);
}

TEST_F(SqliteCatalog, AWriterWaitsForItsTurnNoLongerThanForTheLock) {
  EXPECT_EQ(
      code_of([&] {
        catalog->change("a", [&](model::Image& image) {
          image.name = "first";
          std::thread second([&] { EXPECT_EQ(code_of([&] { rename("second"); }), ErrorCode::unavailable); });
          second.join();
        });
      }),
      std::nullopt);

  EXPECT_EQ(catalog->find("a")->name, "first");
}

TEST_F(SqliteCatalog, KeepsAWriteAheadLogAndForeignKeys) {
  static constexpr sql::Type text[] = {sql::Type::text};
  {
    sql::Rows mode = other->query("PRAGMA journal_mode", text);
    ASSERT_TRUE(mode.next());
    EXPECT_EQ(mode.text(0), "wal");
  }
  EXPECT_EQ(code_of([&] {
              other->execute(
                  "INSERT INTO image_tags (image_id, value, created_at, deleted) "
                  "VALUES ('nothing', 'x', '2024-01-01 00:00:00', FALSE)");
            }),
            ErrorCode::conflict);
}

}  // namespace
}  // namespace vitrine::catalog
