#include "catalog/sql/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "base/error.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog::sql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Type one_text[] = {Type::text};

std::vector<std::string> names_in(Session& session) {
  std::vector<std::string> names;
  Rows rows = session.query("SELECT name FROM things ORDER BY name", one_text);
  while (rows.next()) names.push_back(rows.text(0));
  return names;
}

template <class Call>
std::optional<ErrorCode> code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    Session session(settings());
    session.execute("CREATE TABLE things (name TEXT UNIQUE, number INTEGER)");
  }

  Settings settings(std::size_t pool_size = 2) {
    CatalogSettings settings = file.settings();
    settings.pool_size = pool_size;
    settings.pool_timeout = std::chrono::milliseconds(50);
    settings.busy_timeout = std::chrono::milliseconds(50);
    return read_settings(settings);
  }

  SqliteFile file;
};

bool insert(Session& session, std::string_view name) {
  return session.execute("INSERT INTO things (name) VALUES (:name)", {name}) == 1;
}

TEST_F(DatabaseTest, ValuesComeBackAsTheyWere) {
  Session session(settings());
  static constexpr Type columns[] = {Type::text, Type::integer};
  const std::string text("a\0'\"ü", 6);
  session.execute("INSERT INTO things VALUES (:name, :number)", {text, std::int64_t{INT64_MIN}});
  session.execute("INSERT INTO things VALUES (:name, :number)",
                  {std::optional<std::string>{}, std::optional<std::uint64_t>{}});

  Rows rows = session.query("SELECT name, number FROM things ORDER BY number DESC", columns);

  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), text);
  EXPECT_EQ(rows.optional_text(0), text);
  EXPECT_EQ(rows.integer(1), INT64_MIN);
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "");
  EXPECT_EQ(rows.integer(1), 0);
  EXPECT_FALSE(rows.optional_text(0));
  EXPECT_FALSE(rows.optional_integer(1));
  EXPECT_FALSE(rows.next());
  EXPECT_FALSE(rows.next());
}

TEST_F(DatabaseTest, AStatementThatFailedCanBeRunAgain) {
  Session session(settings());
  insert(session, "a");

  EXPECT_EQ(code_of([&] { insert(session, "a"); }), ErrorCode::duplicate);
  EXPECT_TRUE(insert(session, "b"));
  EXPECT_THAT(names_in(session), ElementsAre("a", "b"));
}

TEST_F(DatabaseTest, AnErrorTellsTheLogTheStatementButNoValue) {
  Session session(settings());
  try {
    session.execute("INSERT INTO nowhere VALUES (:value)", {"s3cret"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::internal);
    EXPECT_THAT(error.what(), testing::HasSubstr("nowhere"));
  }
  insert(session, "s3cret");
  try {
    insert(session, "s3cret");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("s3cret")));
  }
}

TEST_F(DatabaseTest, AQueryThatIsLeftEarlyHoldsNoLock) {
  Session session(settings());
  insert(session, "a");
  insert(session, "b");
  {
    Rows rows = session.query("SELECT name FROM things", one_text);
    rows.next();
  }
  Session second(settings());
  second.execute("DELETE FROM things");

  EXPECT_THAT(names_in(session), IsEmpty());
}

TEST_F(DatabaseTest, WorkThatThrowsWritesNothing) {
  Database database(settings());

  EXPECT_EQ(code_of([&] {
              database.write([](Session& session) {
                insert(session, "a");
                throw Error(ErrorCode::conflict, "no");
                return true;
              });
            }),
            ErrorCode::conflict);

  EXPECT_THAT(database.read(names_in), IsEmpty());
}

TEST_F(DatabaseTest, AReadStaysAtOneMoment) {
  Database database(settings());

  database.read([&](Session& session) {
    const std::vector<std::string> before = names_in(session);
    database.write([](Session& writer) { return insert(writer, "a"); });
    EXPECT_EQ(names_in(session), before);
    return true;
  });

  EXPECT_THAT(database.read(names_in), ElementsAre("a"));
}

TEST_F(DatabaseTest, ACallGivesUpWhenNoConnectionBecomesFree) {
  Database database(settings(1));

  database.read([&](Session&) {
    auto second = std::async(std::launch::async, [&] { return code_of([&] { database.read(names_in); }); });
    EXPECT_EQ(second.get(), ErrorCode::unavailable);
    return true;
  });

  EXPECT_THAT(database.read(names_in), IsEmpty());
}

TEST_F(DatabaseTest, WithoutABoundEveryCallGetsAConnection) {
  Database database(settings(0));
  std::function<std::size_t(std::size_t)> nested = [&](std::size_t depth) -> std::size_t {
    return depth == 0 ? 0 : 1 + database.read([&](Session&) { return nested(depth - 1); });
  };

  EXPECT_EQ(nested(20), 20U);
}

TEST_F(DatabaseTest, WaitingWritersHoldNoConnection) {
  Database database(settings(2));

  database.write([&](Session&) {
    auto writer = std::async(std::launch::async, [&] {
      return code_of([&] { database.write([](Session& session) { return insert(session, "late"); }); });
    });
    for (int i = 0; i < 10; ++i) EXPECT_THAT(database.read(names_in), IsEmpty());
    EXPECT_EQ(writer.get(), ErrorCode::unavailable);
    return true;
  });
}

/// Lets the only connection of the pool write no more than so many pages of 4 KiB, as a full disk would.
void bound_pages(Database& database, int pages) {
  database.read([&](Session& session) {
    Rows rows = session.query("PRAGMA max_page_count = " + std::to_string(pages), one_text);
    return rows.next();
  });
}

TEST_F(DatabaseTest, AFullDiskIsReportedAndLeavesEverythingAsItWas) {
  Database database(settings(1));
  const auto write_much = [](Session& session) {
    insert(session, "small");
    return insert(session, std::string(1'000'000, 'x'));
  };
  bound_pages(database, 50);

  EXPECT_EQ(code_of([&] { database.write(write_much); }), ErrorCode::unavailable);

  EXPECT_THAT(database.read(names_in), IsEmpty());
  bound_pages(database, 10'000);
  database.write(write_much);
  EXPECT_EQ(database.read(names_in).size(), 2U);
}

TEST_F(DatabaseTest, AConnectionRemembersAsMuchAsItMay) {
  Settings bounded = settings();
  bounded.cache_size = 1234;
  Database database(bounded);

  const std::string kibibytes = database.read([](Session& session) {
    Rows rows = session.query("PRAGMA cache_size", one_text);
    rows.next();
    return rows.text(0);
  });

  EXPECT_EQ(kibibytes, "-1234");
}

TEST_F(DatabaseTest, AFileThatCannotBeOpenedCostsNoPlaceInThePool) {
  Database database(settings(1));
  const std::filesystem::path aside = file.folder() / "aside";
  std::filesystem::rename(file.path(), aside);
  std::filesystem::create_directory(file.path());
  EXPECT_EQ(code_of([&] { database.read(names_in); }), ErrorCode::configuration);

  std::filesystem::remove(file.path());
  std::filesystem::rename(aside, file.path());

  EXPECT_THAT(database.read(names_in), IsEmpty());
}

TEST_F(DatabaseTest, ManyDifferentStatementsAreForgotten) {
  Database database(settings());
  for (int i = 0; i < 1000; ++i) {
    database.read([&](Session& session) {
      Rows rows = session.query("SELECT name, '" + std::to_string(i) + "' FROM things", one_text);
      return rows.next();
    });
  }

  EXPECT_LT(database.read([](Session& session) { return session.statement_count(); }), 250U);
}

}  // namespace
}  // namespace vitrine::catalog::sql
