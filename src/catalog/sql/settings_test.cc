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
  for (const char* url :
       {"mysql+pymysql://glance:secret@db/glance?charset=utf8", "postgresql://glance:secret@db/glance"}) {
    EXPECT_THAT(refusal(url), HasSubstr("SQLite only"));
    EXPECT_THAT(refusal(url), HasSubstr(std::string(url).substr(0, 5)));
    EXPECT_THAT(refusal(url), Not(HasSubstr("secret")));
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
