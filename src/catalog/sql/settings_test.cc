#include "catalog/sql/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::catalog::sql {
namespace {

using testing::HasSubstr;
using testing::Not;

Settings settings_for(const std::string& connection) {
  return read_settings({.connection = connection});
}

std::string refusal(const std::string& connection) {
  try {
    settings_for(connection);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    return error.what();
  }
  return {};
}

TEST(ConnectionUrl, NamesAFile) {
  EXPECT_EQ(settings_for("sqlite:////var/lib/glance/glance.sqlite").file, "/var/lib/glance/glance.sqlite");
  EXPECT_EQ(settings_for("sqlite:///glance.sqlite").file, "glance.sqlite");
  EXPECT_EQ(settings_for("sqlite+pysqlite:////a%20b=c.db").file, "/a%20b=c.db")
      << "SQLAlchemy decodes nothing here";
}

TEST(ConnectionUrl, MaySayHowLongALockIsWaitedFor) {
  EXPECT_EQ(settings_for("sqlite:////a.db?timeout=60").busy_timeout, std::chrono::seconds(60));
  EXPECT_EQ(settings_for("sqlite:////a.db?check_same_thread=false&timeout=5").busy_timeout,
            std::chrono::seconds(5));
  EXPECT_EQ(settings_for("sqlite:////a.db?check_same_thread=false").file, "/a.db");
  EXPECT_EQ(settings_for("sqlite:////a.db").busy_timeout, std::chrono::seconds(30));
  EXPECT_THAT(refusal("sqlite:////a.db?timeout=long"), HasSubstr("timeout"));
}

TEST(ConnectionUrl, OfAnotherEngineIsRefusedWithoutShowingItsPassword) {
  for (const char* url : {"oracle://glance:secret@db/glance", "mysqlx://glance:secret@db/glance"}) {
    EXPECT_THAT(refusal(url), HasSubstr("which is not served"));
    EXPECT_THAT(refusal(url), HasSubstr(std::string(url).substr(0, 5)));
    EXPECT_THAT(refusal(url), Not(HasSubstr("secret")));
  }
}

TEST(ConnectionUrl, NamesAServerAsSqlalchemyReadsIt) {
  const ConnectionUrl url =
      settings_for(
          "mysql+pymysql://gl%40nce:p%40ss/w%3Ar?d%25@db.example:3307/glance?charset=utf8&ssl_ca=/etc/a%20b")
          .server;

  EXPECT_EQ(url.user, "gl@nce");
  EXPECT_EQ(url.password, "p@ss/w:r?d%");
  EXPECT_EQ(url.host, "db.example");
  EXPECT_EQ(url.port, 3307);
  EXPECT_EQ(url.database, "glance");
  EXPECT_EQ(*url.find("ssl_ca"), "/etc/a b");
  EXPECT_EQ(url.find("ssl_key"), nullptr);
}

TEST(ConnectionUrl, SaysHowConnectionsToAServerAreKept) {
  const Settings settings = settings_for(
      "postgresql://db/glance?sslmode=require&max_overflow=7&max_retries=3&connection_recycle_time=-1");

  EXPECT_EQ(settings.most_connections, 12U);
  EXPECT_EQ(settings.retries, 3);
  EXPECT_EQ(settings.recycle_time, std::nullopt);
  EXPECT_EQ(settings.server.parameters,
            (std::vector<std::pair<std::string, std::string>>{{"sslmode", "require"}}));
  EXPECT_EQ(settings_for("mysql://db/glance?max_overflow=-1").most_connections, std::nullopt);
  EXPECT_EQ(settings_for("mysql://db/glance").recycle_time, std::chrono::hours(1));
  EXPECT_THAT(refusal("mysql://db/glance?max_retries=often"), HasSubstr("max_retries"));
}

TEST(ConnectionUrl, GoesBeforeTheConfiguration) {
  CatalogSettings configured;
  configured.connection = "mysql://db/glance";
  configured.max_overflow = std::nullopt;
  configured.connection_recycle_time = std::nullopt;
  configured.max_retries = 4;
  configured.mysql_sql_mode = "ANSI";
  configured.mysql_wsrep_sync_wait = 1;

  const Settings settings = read_settings(configured);
  configured.connection +=
      "?max_overflow=2&connection_recycle_time=9&max_retries=-1&mysql_sql_mode=&mysql_wsrep_sync_wait=3";
  const Settings own = read_settings(configured);

  EXPECT_EQ(settings.most_connections, std::nullopt);
  EXPECT_EQ(settings.recycle_time, std::nullopt);
  EXPECT_EQ(settings.retries, 4);
  EXPECT_EQ(settings.sql_mode, "ANSI");
  EXPECT_EQ(settings.wsrep_sync_wait, 1);
  EXPECT_EQ(own.most_connections, 7U);
  EXPECT_EQ(own.recycle_time, std::chrono::seconds(9));
  EXPECT_EQ(own.retries, std::nullopt);
  EXPECT_EQ(own.sql_mode, "");
  EXPECT_EQ(own.wsrep_sync_wait, 3);
  EXPECT_EQ(own.server.parameters.size(), 0U);
}

TEST(ConnectionUrl, MayLeaveOutMostOfAServer) {
  const ConnectionUrl local = settings_for("postgresql:///glance?host=/run/postgresql").server;
  EXPECT_EQ(local.user, "");
  EXPECT_EQ(local.password, std::nullopt);
  EXPECT_EQ(local.host, "");
  EXPECT_EQ(local.port, std::nullopt);
  EXPECT_EQ(local.database, "glance");

  const ConnectionUrl plain = settings_for("mysql://glance@[::1]/glance").server;
  EXPECT_EQ(plain.user, "glance");
  EXPECT_EQ(plain.password, std::nullopt);
  EXPECT_EQ(plain.host, "::1");
  EXPECT_EQ(settings_for("mysql://glance:@[::1]:3306/glance").server.password, "");
}

TEST(ConnectionUrl, OfAServerThatIsBrokenIsRefusedWithoutShowingItsPassword) {
  for (const char* url :
       {"mysql://glance:secret@db", "postgresql://glance:secret@db:none/glance",
        "mysql://glance:secret@db:0/glance", "mysql://glance:secret%4@db/glance",
        "postgresql://glance:secret@[::1/glance", "mysql://glance:secret@db/glance?ssl_ca=%g"}) {
    EXPECT_THAT(refusal(url), HasSubstr("database connection")) << url;
    EXPECT_THAT(refusal(url), Not(HasSubstr("secret"))) << url;
  }
}

TEST(ConnectionUrl, ThatMeansNothingIsRefused) {
  for (const char* url :
       {"", "/var/lib/glance.sqlite", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/a.db",
        "sqlite:///file:a.db?mode=ro&uri=true", "sqlite:////a\"b.db", "://a.db"}) {
    EXPECT_THAT(refusal(url), HasSubstr("sqlite:////absolute/path")) << url;
  }
}

}  // namespace
}  // namespace vitrine::catalog::sql
