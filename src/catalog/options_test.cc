#include "catalog/options.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "config/config.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog {
namespace {

CatalogSettings settings_from(const std::string& text) {
  const SqliteFile file;
  const std::filesystem::path path = file.folder() / "test.conf";
  std::ofstream(path) << text;
  config::Search search;
  search.sources.push_back({config::Source::Kind::file, path});
  return settings_of(config::Config(search, options()));
}

TEST(CatalogOptions, AreRead) {
  const CatalogSettings settings = settings_from(
      "[database]\nconnection = sqlite:////a.db\nmax_pool_size = 9\npool_timeout = 4\nsqlite_synchronous = "
      "false\n[vitrine]\nsqlite_cache_size = 1000\n");

  EXPECT_EQ(settings.connection, "sqlite:////a.db");
  EXPECT_EQ(settings.pool_size, 9U);
  EXPECT_EQ(settings.pool_timeout, std::chrono::seconds(4));
  EXPECT_FALSE(settings.is_synchronous);
  EXPECT_EQ(settings.cache_size, 1000);
}

TEST(CatalogOptions, OfAServerAreRead) {
  const CatalogSettings settings = settings_from(
      "[database]\nconnection = mysql://db/glance?charset=utf8\nconnection_parameters = ssl_ca=/ca\n"
      "max_overflow = 1\nconnection_recycle_time = 5\nmax_retries = 3\nretry_interval = 2\n"
      "mysql_sql_mode =\nmysql_wsrep_sync_wait = 1\n[vitrine]\ndatabase_answer_timeout = 7\n");

  EXPECT_EQ(settings.connection, "mysql://db/glance?charset=utf8&ssl_ca=/ca");
  EXPECT_EQ(settings.max_overflow, 1U);
  EXPECT_EQ(settings.connection_recycle_time, std::chrono::seconds(5));
  EXPECT_EQ(settings.max_retries, 3);
  EXPECT_EQ(settings.retry_interval, std::chrono::seconds(2));
  EXPECT_EQ(settings.mysql_sql_mode, "");
  EXPECT_EQ(settings.mysql_wsrep_sync_wait, 1);
  EXPECT_EQ(settings.answer_timeout, std::chrono::seconds(7));
}

TEST(CatalogOptions, MayBeWithoutABound) {
  const CatalogSettings settings =
      settings_from("[database]\nmax_overflow = -1\nconnection_recycle_time = -1\nmax_retries = -1\n");

  EXPECT_EQ(settings.max_overflow, std::nullopt);
  EXPECT_EQ(settings.connection_recycle_time, std::nullopt);
  EXPECT_EQ(settings.max_retries, std::nullopt);
}

TEST(CatalogOptions, AreSafeWhenUnset) {
  const CatalogSettings settings = settings_from("");

  EXPECT_EQ(settings.connection, "");
  EXPECT_EQ(settings.pool_size, 5U);
  EXPECT_EQ(settings.pool_timeout, std::chrono::seconds(30));
  EXPECT_TRUE(settings.is_synchronous);
}

TEST(CatalogOptions, RefuseANegativePool) {
  try {
    settings_from("[database]\nmax_pool_size = -1\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
  }
}

}  // namespace
}  // namespace vitrine::catalog
