#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "access/policy_evaluation.h"
#include "access/policy_parser.h"
#include "base/error.h"

namespace vitrine::access {
namespace {

using ::testing::HasSubstr;

constexpr const char* some_credentials =
    R"({"user_id": "u", "project_id": "p", "roles": ["Member", "reader"], "domain_id": null, "level": 3,
        "token": {"user": {"domain": {"id": "d"}}, "groups": [{"name": "one"}, {"name": "two"}]},
        "service_roles": ["service"], "is_admin_project": true, "weight": 2.0})";
constexpr const char* some_target =
    R"({"owner": "p", "other": "q", "visibility": "public", "none": null, "protected": true, "size": 20,
        "level": "3", "role": "MEMBER", "hw.model": "x", "name": "one", "tags": ["a"]})";

/// Decides with rules of its own: `yes`, `no` and `broken`.
class Language : public testing::Test {
 protected:
  Verdict verdict(Check check) const {
    for_each_rule_check(check, [](RuleCheck& rule) {
      rule.index = rule.name == "yes" ? 0 : rule.name == "no" ? 1 : rule.name == "broken" ? 2 : rule.index;
    });
    std::vector<Check> rules;
    for (const Verdict each : {Verdict::yes, Verdict::no, Verdict::undecidable})
      rules.push_back(constant(each));
    return evaluate(check, {"asked", credentials_, ObjectTarget(target_)}, {rules, {}, RemoteFormat::form});
  }

  bool holds(std::string_view text) const { return verdict(parse_check(text)) == Verdict::yes; }
  bool is_undecidable(std::string_view text) const {
    return verdict(parse_check(text)) == Verdict::undecidable;
  }

  Credentials credentials_{boost::json::parse(some_credentials).as_object()};
  boost::json::object target_ = boost::json::parse(some_target).as_object();
};

TEST_F(Language, EmptyAndAtAllowEverybodyAndTheExclamationMarkNobody) {
  EXPECT_TRUE(holds(""));
  EXPECT_TRUE(holds("@"));
  EXPECT_FALSE(holds("!"));
}

TEST_F(Language, OrBindsWeakerThanAndAndAndWeakerThanNot) {
  EXPECT_TRUE(holds("@ or ! and !"));
  EXPECT_FALSE(holds("(@ or !) and !"));
  EXPECT_TRUE(holds("not ! and @"));
  EXPECT_FALSE(holds("not (@ and @)"));
  EXPECT_TRUE(holds("not not @"));
  EXPECT_TRUE(holds("! and ! or @ and @ or !"));
}

TEST_F(Language, OperatorsAreWordsInAnyCaseAndParenthesesMayTouchWords) {
  EXPECT_TRUE(holds("  Not (role:none OR\t!)\nAND ((@))  "));
}

TEST_F(Language, RolesAreComparedInAnyCaseAndMayComeFromTheTarget) {
  EXPECT_TRUE(holds("role:member"));
  EXPECT_TRUE(holds("role:READER"));
  EXPECT_FALSE(holds("role:admin"));
  EXPECT_FALSE(holds("role:service")) << "a service's roles are not the user's";
  EXPECT_TRUE(holds("role:%(role)s"));
  EXPECT_FALSE(holds("role:%(missing)s"));
}

TEST_F(Language, CredentialsAreComparedWithTheTarget) {
  EXPECT_TRUE(holds("project_id:%(owner)s"));
  EXPECT_FALSE(holds("project_id:%(other)s"));
  EXPECT_FALSE(holds("project_id:%(missing)s"));
  EXPECT_TRUE(holds("user_id:u"));
  EXPECT_FALSE(holds("nobody_knows:%(owner)s"));
  EXPECT_FALSE(holds("is_admin:True"));
}

TEST_F(Language, ValuesAreComparedAsThePythonTextsOfThem) {
  EXPECT_TRUE(holds("domain_id:None"));
  EXPECT_TRUE(holds("domain_id:%(none)s"));
  EXPECT_TRUE(holds("level:%(level)s"));
  EXPECT_TRUE(holds("is_admin_project:True"));
  EXPECT_TRUE(holds("is_admin_project:%(protected)s"));
  EXPECT_TRUE(holds("weight:2.0"));
}

TEST_F(Language, LiteralsAreTextsNumbersAndNames) {
  EXPECT_TRUE(holds("'public':%(visibility)s"));
  EXPECT_TRUE(holds("\"public\":%(visibility)s"));
  EXPECT_FALSE(holds("'private':%(visibility)s"));
  EXPECT_TRUE(holds("True:%(protected)s"));
  EXPECT_TRUE(holds("None:%(none)s"));
  EXPECT_FALSE(holds("None:%(missing)s"));
  EXPECT_TRUE(holds("20:%(size)s"));
  EXPECT_TRUE(holds("+20:%(size)s"));
  EXPECT_TRUE(holds("-1.50:-1.5"));
  EXPECT_TRUE(holds("2.:2.0"));
  EXPECT_TRUE(holds("123456789012345678901234567890:123456789012345678901234567890"));
}

TEST_F(Language, PathsLeadIntoCredentialsAndThroughAnyMemberOfAList) {
  EXPECT_TRUE(holds("token.user.domain.id:d"));
  EXPECT_FALSE(holds("token.user.domain:d"));
  EXPECT_FALSE(holds("token.user.name.id:d"));
  EXPECT_FALSE(holds("user_id.id:u"));
  EXPECT_TRUE(holds("token.groups.name:two"));
  EXPECT_TRUE(holds("token.groups.name:%(name)s"));
  EXPECT_FALSE(holds("token.groups.name:three"));
  EXPECT_TRUE(holds("service_roles:service"));
}

TEST_F(Language, TextMaySurroundValuesOfTheTarget) {
  EXPECT_TRUE(holds("'p/public':%(owner)s/%(visibility)s"));
  EXPECT_TRUE(holds("'100%':100%%"));
  EXPECT_TRUE(holds("'x':%(hw.model)s")) << "a dot is part of the key";
  EXPECT_FALSE(holds("'p/':%(owner)s/%(missing)s"));
  EXPECT_FALSE(holds("'a':%(tags)s")) << "a list has no text";
}

TEST_F(Language, RulesReferToOthers) {
  EXPECT_TRUE(holds("rule:yes"));
  EXPECT_FALSE(holds("rule:no"));
  EXPECT_TRUE(holds("not rule:no"));
  EXPECT_FALSE(holds("rule:tied_to_nothing"));
}

TEST_F(Language, NothingMakesAPermissionOfWhatCannotBeDecided) {
  EXPECT_TRUE(is_undecidable("rule:broken"));
  EXPECT_TRUE(is_undecidable("not rule:broken"));
  EXPECT_TRUE(is_undecidable("rule:broken or @"));
  EXPECT_TRUE(is_undecidable("@ and not (! or rule:broken)"));
  EXPECT_TRUE(holds("@ or rule:broken")) << "it was not asked";
  EXPECT_FALSE(holds("! and rule:broken"));
}

TEST_F(Language, TheOlderFormIsAListOfAlternatives) {
  const auto holds_list = [&](const std::vector<std::vector<std::string>>& alternatives) {
    return verdict(parse_check(alternatives)) == Verdict::yes;
  };

  EXPECT_TRUE(holds_list({}));
  EXPECT_FALSE(holds_list({{}})) << "no alternative is left";
  EXPECT_TRUE(holds_list({{"role:admin"}, {"role:member", "user_id:u"}}));
  EXPECT_FALSE(holds_list({{"role:member", "user_id:x"}}));
  EXPECT_TRUE(holds_list({{}, {"@"}}));
  EXPECT_TRUE(holds_list({{"'a b':a b"}})) << "blanks do not separate there";
  EXPECT_FALSE(holds_list({{"role:member or role:reader"}}));
}

TEST_F(Language, StopsWhereRulesLeadTooDeep) {
  std::vector<Check> rules;
  for (std::size_t i = 0; i < 100'000; ++i) rules.push_back({RuleCheck{"next", i + 1}});
  rules.push_back(constant(Verdict::yes));

  const PolicyContext context{rules, {}, RemoteFormat::form};

  EXPECT_EQ(evaluate(rules[0], {"asked", credentials_, ObjectTarget(target_)}, context),
            Verdict::undecidable);
  EXPECT_EQ(evaluate(rules[99'900], {"asked", credentials_, ObjectTarget(target_)}, context), Verdict::yes);
}

struct Unreadable {
  const char* text;
  const char* reason;
};

class UnreadableRule : public testing::TestWithParam<Unreadable> {};

TEST_P(UnreadableRule, IsRefusedWithItsReason) {
  try {
    parse_check(GetParam().text);
    FAIL() << GetParam().text;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rules, UnreadableRule,
    testing::Values(Unreadable{" ", "ends where a check"}, Unreadable{"admin", "no colon"},
                    Unreadable{"role:a role:b", "\"role:b\" is not expected"},
                    Unreadable{"role:a or", "ends where a check"}, Unreadable{"and role:a", "\"and\" stands"},
                    Unreadable{"(role:a", "parenthesis is missing"},
                    Unreadable{"role:a)", "\")\" is not expected"}, Unreadable{"()", "\")\" stands"},
                    Unreadable{"not", "ends where a check"}, Unreadable{"'role:a'", "Remove the quotes"},
                    Unreadable{"'a b':%(x)s", "no colon"}, Unreadable{"'a\\n':%(x)s", "not a literal"},
                    Unreadable{"'a'b':%(x)s", "not a literal"}, Unreadable{"007:%(x)s", "not a literal"},
                    Unreadable{"1x:%(x)s", "not a literal"}, Unreadable{":x", "neither"},
                    Unreadable{"a..b:x", "neither"}, Unreadable{"[1]:x", "neither"},
                    Unreadable{"role:%(x)d", "write %(name)s"}, Unreadable{"role:%x", "write %(name)s"},
                    Unreadable{"user_id:%(x", "write %(name)s"}, Unreadable{"role:50%", "write %(name)s"}));

TEST(UnreadableRules, AreThoseNestedTooDeep) {
  EXPECT_THROW(parse_check(std::string(100'000, '(') + "@" + std::string(100'000, ')')), Error);
  std::string negations;
  for (int i = 0; i < 100'000; ++i) negations += "not ";
  EXPECT_THROW(parse_check(negations + "@"), Error);
  EXPECT_NO_THROW(parse_check(std::string(90, '(') + "@" + std::string(90, ')')));
}

}  // namespace
}  // namespace vitrine::access
