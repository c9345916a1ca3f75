#include "access/policy_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "access/policy_parser.h"
#include "access/policy_references.h"

namespace vitrine::access {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Credentials caller_with(std::vector<std::string> roles, const char* project = "p") {
  model::Caller caller;
  caller.project_id = project;
  caller.roles = std::move(roles);
  return Credentials(caller);
}

const Credentials admin = caller_with({"admin", "member", "reader"}, "a");
const Credentials member = caller_with({"member", "reader"});
const Credentials reader = caller_with({"reader"});
const Credentials other = caller_with({"member", "reader"}, "q");
const Credentials service = caller_with({"service"}, "s");
const TextTarget of_p({{"project_id", "p"}, {"owner", "p"}, {"visibility", "private"}, {"member_id", {}}});

std::vector<FileRule> file(std::string_view text) {
  return parse_policy_file(text, "p.yaml").rules;
}

std::vector<std::string> findings(const PolicyRules& rules) {
  std::vector<std::string> lines;
  for (const config::Finding& finding : rules.findings()) lines.push_back(to_string(finding));
  return lines;
}

TEST(DefaultRules, CanAllBeReadAndReferToEachOther) {
  EXPECT_EQ(default_rules().size(), 67u);
  EXPECT_THAT(findings(PolicyRules()), IsEmpty());
  EXPECT_THAT(findings(PolicyRules({}, {.enforces_new_defaults = false})), IsEmpty());
}

TEST(DefaultRules, HaveADescriptionAndAScopeIfTheyHaveAnOperation) {
  for (const DefaultRule& rule : default_rules()) {
    EXPECT_THAT(rule.description, testing::EndsWith(".")) << rule.name;
    EXPECT_EQ(rule.scope == RuleScope::project, !rule.operations.empty()) << rule.name;
    EXPECT_EQ(find_default_rule(rule.name), &rule) << "a name stands there twice";
  }
  EXPECT_EQ(find_default_rule("no_such"), nullptr);
}

TEST(PolicyRules, LetOwnersWriteReadersReadAndAdministratorsDoBoth) {
  const PolicyRules rules;

  EXPECT_TRUE(rules.allow("modify_image", member, of_p));
  EXPECT_FALSE(rules.allow("modify_image", reader, of_p));
  EXPECT_FALSE(rules.allow("modify_image", other, of_p));
  EXPECT_TRUE(rules.allow("modify_image", admin, of_p));
  EXPECT_TRUE(rules.allow("get_image", reader, of_p));
  EXPECT_FALSE(rules.allow("get_image", other, of_p));
  EXPECT_FALSE(rules.allow("publicize_image", member, of_p));
  EXPECT_TRUE(rules.allow("fetch_image_location", service, of_p));
}

TEST(PolicyRules, LetMembersOfASharedImageReadIt) {
  const TextTarget shared(
      {{"project_id", "p"}, {"owner", "p"}, {"visibility", "shared"}, {"member_id", "q"}});

  EXPECT_TRUE(PolicyRules().allow("get_image", other, shared));
  EXPECT_TRUE(PolicyRules().allow("modify_member", other, shared));
  EXPECT_FALSE(PolicyRules().allow("modify_member", member, shared));
}

TEST(PolicyRules, AreForProjectsWhateverTheRole) {
  model::Caller caller;
  caller.roles = {"admin"};
  caller.system_scope = "all";
  const Credentials system(caller);

  EXPECT_FALSE(PolicyRules().allow("get_image", system, of_p));
  EXPECT_FALSE(PolicyRules(file("get_image: '@'")).allow("get_image", system, of_p));
  EXPECT_TRUE(PolicyRules().is_admin(system)) << "that rule has no scope";
}

TEST(PolicyRules, ApplyTheOlderDefaultsOnlyWhenAsked) {
  const PolicyRules older({}, {.enforces_new_defaults = false});

  EXPECT_TRUE(older.allow("modify_image", other, of_p));
  EXPECT_FALSE(older.allow("publicize_image", other, of_p)) << "it has no older default";
  EXPECT_FALSE(older.enforces_new_defaults());
  EXPECT_TRUE(PolicyRules().enforces_new_defaults());
}

TEST(PolicyRules, DropTheOlderDefaultOfARuleThatAFileReplaces) {
  const PolicyRules rules(file("modify_image: role:none"), {.enforces_new_defaults = false});

  EXPECT_FALSE(rules.allow("modify_image", other, of_p));
}

TEST(PolicyRules, TakeTheLastOverrideOfAName) {
  std::vector<FileRule> overrides = file("get_image: '!'");
  overrides.push_back(std::move(file("get_image: role:service").front()));

  const PolicyRules rules(std::move(overrides));

  EXPECT_TRUE(rules.allow("get_image", service, of_p));
  EXPECT_FALSE(rules.allow("get_image", member, of_p));
}

TEST(PolicyRules, LetTheDefaultRuleStandForWhatDoesNotExist) {
  EXPECT_TRUE(PolicyRules().allow("no_such", reader, of_p));
  EXPECT_FALSE(PolicyRules(file("default: role:admin")).allow("no_such", reader, of_p));
  EXPECT_FALSE(PolicyRules(file("mine: '!'"), {.default_rule = "mine"}).allow("no_such", reader, of_p));
  EXPECT_FALSE(PolicyRules({}, {.default_rule = "nothing"}).allow("no_such", reader, of_p));
  EXPECT_TRUE(PolicyRules(file("get_image: rule:no_such")).allow("get_image", reader, of_p));
  EXPECT_FALSE(PolicyRules(file("get_image: rule:no_such"), {.default_rule = "nothing"})
                   .allow("get_image", reader, of_p));
}

TEST(PolicyRules, DecideWhoIsAnAdministratorByTheCredentialsThemselves) {
  EXPECT_TRUE(PolicyRules().is_admin(admin));
  EXPECT_FALSE(PolicyRules().is_admin(member));
  EXPECT_TRUE(PolicyRules(file("context_is_admin: project_id:%(project_id)s and 'q':%(project_id)s"))
                  .is_admin(other));
}

TEST(PolicyRules, WarnOfNamesThatNobodyUses) {
  const PolicyRules rules(file("get_imag: '!'\nmine: role:x\nget_image: rule:mine\n"));

  EXPECT_THAT(findings(rules), ElementsAre("p.yaml:1: warning: get_imag is no rule of this service, and no "
                                           "other rule refers to it."));
}

TEST(PolicyRules, WarnOfReferencesToNothing) {
  EXPECT_THAT(findings(PolicyRules(file("get_image: role:x or rule:typo"))),
              ElementsAre("p.yaml:1: warning: get_image refers to rule:typo, which does not exist. The rule "
                          "default stands for it."));
  EXPECT_THAT(findings(PolicyRules(file("get_image: rule:typo"), {.default_rule = "nothing"})),
              Contains("p.yaml:1: warning: get_image refers to rule:typo, which does not exist. It denies."));
}

TEST(PolicyRules, DenyWhereTheyLeadBackToThemselves) {
  const PolicyRules rules(
      file("get_image: '@ or rule:get_images'\nget_images: not rule:get_image\n"
           "add_image: not rule:get_image\ndelete_image: role:admin or rule:get_image\n"));

  EXPECT_FALSE(rules.allow("get_image", admin, of_p));
  EXPECT_FALSE(rules.allow("get_images", admin, of_p));
  EXPECT_FALSE(rules.allow("add_image", admin, of_p));
  EXPECT_TRUE(rules.allow("delete_image", admin, of_p)) << "the circle was not asked";
  EXPECT_FALSE(rules.allow("delete_image", member, of_p));
  EXPECT_THAT(findings(rules),
              UnorderedElementsAre("p.yaml:1: warning: get_image refers back to itself. It denies.",
                                   "p.yaml:2: warning: get_images refers back to itself. It denies."));
}

TEST(PolicyRules, LockNobodyInWhenDefaultsBecomePartOfACircle) {
  const PolicyRules rules(file("context_is_admin: rule:metadef_admin\n"));

  EXPECT_FALSE(rules.is_admin(admin));
  EXPECT_THAT(findings(rules),
              UnorderedElementsAre("p.yaml:1: warning: context_is_admin refers back to itself. It denies.",
                                   "warning: metadef_admin refers back to itself. It denies."));
}

TEST(CircularRules, AreFoundAmongThoseThatOnlyLeadToThem) {
  //  0 → 1 ⇄ 2 → 3, 4 → 4, 5 → 3
  EXPECT_THAT(circular_rules({{1}, {2}, {1, 3}, {}, {4}, {3, 3}}), ElementsAre(1, 2, 4));
  EXPECT_THAT(circular_rules({{1, 2}, {2}, {}}), IsEmpty());
  EXPECT_THAT(circular_rules({}), IsEmpty());
}

}  // namespace
}  // namespace vitrine::access
