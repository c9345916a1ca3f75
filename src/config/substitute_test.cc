#include "config/substitute.h"

#include <gtest/gtest.h>

namespace vitrine::config {
namespace {

std::optional<std::string> stand_in(std::string_view name) {
  if (name == "dir") return "/srv";
  if (name == "group.name") return "value";
  if (name == "empty") return "";
  return {};
}

struct Case {
  const char* text;
  const char* result;
};

class Substitution : public testing::TestWithParam<Case> {};

TEST_P(Substitution, FollowsPythonsTemplates) {
  EXPECT_EQ(substitute(GetParam().text, stand_in), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(References, Substitution,
                         testing::Values(Case{"", ""}, Case{"plain", "plain"}, Case{"$dir/x", "/srv/x"},
                                         Case{"${dir}x", "/srvx"}, Case{"$group.name", "value"},
                                         Case{"${group.name}!", "value!"}, Case{"a$empty-b", "a-b"},
                                         Case{"$dir$dir", "/srv/srv"}));

INSTANTIATE_TEST_SUITE_P(DollarSigns, Substitution,
                         testing::Values(Case{"$$dir", "$dir"}, Case{"\\$dir", "$dir"},
                                         Case{"\\\\$dir", "\\$dir"}, Case{"$$$dir", "$/srv"}, Case{"$", "$"},
                                         Case{"a$ b", "a$ b"}, Case{"$1", "$1"}, Case{"$$", "$"}));

INSTANTIATE_TEST_SUITE_P(WhatIsNoReference, Substitution,
                         testing::Values(Case{"$other", "$other"}, Case{"${other}", "${other}"},
                                         Case{"${dir", "${dir"}, Case{"${}", "${}"},
                                         Case{"${dir x}", "${dir x}"}, Case{"$dirx", "$dirx"},
                                         Case{"$dir.", "$dir."}));

TEST(SubstitutionResult, IsNotSubstitutedAgain) {
  EXPECT_EQ(substitute("$a", [](std::string_view) { return std::string("$a"); }), "$a");
}

}  // namespace
}  // namespace vitrine::config
