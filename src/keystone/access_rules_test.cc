#include "keystone/access_rules.h"

#include <gtest/gtest.h>

namespace vitrine::keystone {
namespace {

struct PathCase {
  const char* pattern;
  const char* path;
  bool matches;
};

constexpr PathCase path_cases[] = {
    {"/v2/images", "/v2/images", true},
    {"/v2/images", "/v2/images/", false},
    {"/v2/images", "/v2/image", false},
    {"/v2/images", "/v2/imagesx", false},
    {"/v2/images/*", "/v2/images/1", true},
    {"/v2/images/*", "/v2/images/", false},
    {"/v2/images/*", "/v2/images/1/file", false},
    {"/v2/images/*/file", "/v2/images/1/file", true},
    {"/v2/images/*/file", "/v2/images/1/2/file", false},
    {"/v2/images/{image_id}", "/v2/images/1", true},
    {"/v2/images/{image_id}/file", "/v2/images/1/file", true},
    {"/v2/images/{image_id}/file", "/v2/images//file", false},
    {"/v2/images/**", "/v2/images/1/members/2", true},
    {"/v2/images/**", "/v2/images/", true},
    {"/v2/images/**", "/v2/images", false},
    {"**", "", true},
    {"**", "/anything", true},
    {"/v2/**/file", "/v2/images/1/file", true},
    {"/v2/**/file", "/v2/file", false},
    {"/v2/i*s", "/v2/images", true},
    {"/v2.9", "/v2x9", false},
    {"/v2/{open", "/v2/1", false},
    {"/v2/{open", "/v2/{open", true},
    {"", "", true},
    {"", "/", false},
};

TEST(AccessRules, MatchPathsAsKeystoneDocumentsThem) {
  for (const PathCase& each : path_cases) {
    EXPECT_EQ(path_matches(each.pattern, each.path), each.matches) << each.pattern << " " << each.path;
  }
}

TEST(AccessRules, MatchHardPatternsInReasonableTime) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "**a";

  EXPECT_FALSE(path_matches(pattern, std::string(8'000, 'a') + "b"));
}

TEST(AccessRules, AllowWhatOneOfThemNames) {
  const AccessRules rules{{"GET", "/v2/images", "image"}, {"GET", "/v2/images/*", "image"}};

  EXPECT_TRUE(allows(rules, {"image", "GET", "/v2/images/1"}));
  EXPECT_FALSE(allows(rules, {"image", "DELETE", "/v2/images/1"}));
  EXPECT_FALSE(allows(rules, {"volume", "GET", "/v2/images/1"}));
  EXPECT_FALSE(allows(rules, {"image", "get", "/v2/images/1"}));
  EXPECT_FALSE(allows({}, {"image", "GET", "/v2/images/1"}));
}

}  // namespace
}  // namespace vitrine::keystone
