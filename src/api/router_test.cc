#include "api/router.h"

#include <gtest/gtest.h>

namespace vitrine::api {
namespace {

http::Reply nothing(Services&, const Call&) {
  return {};
}

constexpr Route table[] = {
    {"GET", "/v2/images", nothing},
    {"POST", "/v2/images", nothing},
    {"GET", "/v2/images/{image_id}", nothing},
    {"GET", "/v2/images/{image_id}/file", nothing},
    {"GET", "/v2/images/{image_id}/tasks", nothing, BodyRule::refused, Pool::requests, OtherMethods::unknown},
};

TEST(Router, FindsRoutesAndBindsTheirParameters) {
  const Router router({table});

  const Match match = router.match("GET", "/v2/images/a%20b/file");

  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->path, "/v2/images/{image_id}/file");
  EXPECT_EQ(match.parameters, (Parameters{{"image_id", "a b"}}));
}

TEST(Router, ReadsOverDoubledSlashes) {
  const Router router({table});

  const Match match = router.match("GET", "//v2///images//a");

  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters, (Parameters{{"image_id", "a"}}));
}

TEST(Router, AnotherMethodIsAnsweredWithThoseThatThePathHas) {
  const Router router({table});

  const Match match = router.match("HEAD", "/v2/images");

  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, POST");
}

TEST(Router, SomePathsAreNotThereForOtherMethods) {
  const Router router({table});

  const Match match = router.match("POST", "/v2/images/a/tasks");

  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "");
  EXPECT_NE(router.match("GET", "/v2/images/a/tasks").route, nullptr);
}

TEST(Router, OtherPathsAreNotFound) {
  const Router router({table});

  for (const char* path :
       {"/v2/images/", "/v2/images//", "/v2/images/a/b", "/v2/images/a%2Fb", "/v2/images/%zz", "/", "/v2"}) {
    const Match match = router.match("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

}  // namespace
}  // namespace vitrine::api
