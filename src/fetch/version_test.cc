#include "fetch/version.h"

#include <gtest/gtest.h>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

namespace vitrine::fetch {
namespace {

constexpr std::string_view monday = "Mon, 02 Mar 2026 09:30:00 GMT";
constexpr std::string_view tuesday = "Tue, 03 Mar 2026 09:30:00 GMT";

class VersionTest : public ::testing::Test {
 protected:
  std::unique_ptr<Response> answer(const std::string& headers) {
    origin_.put("/page", {.headers = headers});
    return client_.send({.uri = parse_uri(origin_.url("/page"))});
  }
  Version version(const std::string& headers) { return Version(*answer(headers)); }

  static std::string etag(std::string_view value) { return "ETag: " + std::string(value) + "\r\n"; }
  static std::string dates(std::string_view changed, std::string_view sent) {
    return "Last-Modified: " + std::string(changed) + "\r\nDate: " + std::string(sent) + "\r\n";
  }

  tests::OriginServer origin_;
  Client client_{{}};
};

TEST_F(VersionTest, IsAStrongEtagBeforeADate) {
  const Version strong = version(etag("\"a\"") + dates(monday, tuesday));

  EXPECT_EQ(strong.if_range(), "\"a\"");
  EXPECT_TRUE(strong.is_of(*answer(etag("\"a\"") + dates(tuesday, tuesday))));
  EXPECT_FALSE(strong.is_of(*answer(etag("\"b\"") + dates(monday, tuesday))));
  EXPECT_FALSE(strong.is_of(*answer(dates(monday, tuesday))));
}

TEST_F(VersionTest, IsADateThatIsOlderThanTheAnswer) {
  const Version dated = version(etag("W/\"a\"") + dates(monday, tuesday));

  EXPECT_EQ(dated.if_range(), monday);
  EXPECT_TRUE(dated.is_of(*answer(dates(monday, tuesday))));
  EXPECT_FALSE(dated.is_of(*answer(dates(tuesday, tuesday))));
}

TEST_F(VersionTest, IsUnknownWithoutAnyOfThem) {
  for (const std::string& headers :
       {std::string(), etag("W/\"a\""), etag("a"), etag("\""), dates(monday, monday), dates(tuesday, monday),
        dates("yesterday", tuesday), "Last-Modified: " + std::string(monday) + "\r\n"}) {
    const Version unknown = version(headers);

    EXPECT_FALSE(unknown.is_known()) << headers;
    EXPECT_FALSE(unknown.is_of(*answer(headers))) << headers;
  }
}

TEST_F(VersionTest, IsContradictedOnlyByAnotherOne) {
  const Version strong = version(etag("\"a\""));

  EXPECT_TRUE(strong.is_contradicted_by(*answer(etag("\"b\""))));
  EXPECT_FALSE(strong.is_contradicted_by(*answer(etag("\"a\""))));
  EXPECT_FALSE(strong.is_contradicted_by(*answer("")));
}

}  // namespace
}  // namespace vitrine::fetch
