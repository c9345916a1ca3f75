#include "http/message.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

TEST(Headers, AreFoundInAnyCase) {
  const Headers headers{{"Content-Type", "text/plain"}};

  ASSERT_NE(headers.find("content-TYPE"), nullptr);
  EXPECT_EQ(*headers.find("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.find("Content"), nullptr);
}

TEST(Headers, FindGivesTheFirstOfSeveral) {
  Headers headers;
  headers.add("Via", "a");
  headers.add("via", "b");

  EXPECT_EQ(*headers.find("VIA"), "a");
}

TEST(Headers, SetReplacesEveryFieldOfTheName) {
  Headers headers{{"Via", "a"}, {"Host", "x"}, {"via", "b"}};

  headers.set("VIA", "c");

  EXPECT_EQ(headers.all(), (std::vector<Headers::Field>{{"Via", "c"}, {"Host", "x"}}));
}

TEST(Headers, SetAddsWhatIsMissing) {
  Headers headers;

  headers.set("Host", "x");

  EXPECT_EQ(headers.all(), (std::vector<Headers::Field>{{"Host", "x"}}));
}

TEST(Request, TargetSplitsIntoPathAndQuery) {
  Request request;
  request.target = "/v2/images?limit=2?";

  EXPECT_EQ(request.path(), "/v2/images");
  EXPECT_EQ(request.query(), "limit=2?");
}

TEST(Request, WithoutAQuestionMarkHasNoQuery) {
  Request request;
  request.target = "/v2/images";

  EXPECT_EQ(request.path(), "/v2/images");
  EXPECT_EQ(request.query(), "");
}

}  // namespace
}  // namespace vitrine::http
