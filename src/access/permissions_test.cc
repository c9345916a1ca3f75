#include "access/permissions.h"

#include <gtest/gtest.h>

#include "access/policy_file.h"

namespace vitrine::access {
namespace {

Permissions permissions_of(const model::Caller& caller, std::string_view file = "{}",
                           const PolicySettings& settings = {}) {
  return Permissions(
      std::make_shared<PolicyRules>(parse_policy_file(file, "policy.yaml").rules, settings, AskRemote()),
      caller);
}

bool may_publish(const Permissions& permissions) {
  const TextTarget own({{"project_id", "p"}, {"owner", "p"}, {"visibility", "public"}});
  return permissions.allow("publicize_image", own);
}

const model::Caller member{.project_id = "p", .roles = {"member", "reader"}};
const model::Caller administrator{.project_id = "a", .roles = {"admin"}};
const model::Caller nobody_asked{.is_identified = false, .is_admin = true};

TEST(Permissions, AreWhatTheRulesSay) {
  EXPECT_FALSE(may_publish(permissions_of(member)));
  EXPECT_TRUE(may_publish(permissions_of(administrator)));
  EXPECT_TRUE(may_publish(permissions_of(member, "publicize_image: 'role:member'")));
}

TEST(Permissions, MakeAnAdministratorOfWhomTheRulesCallSo) {
  EXPECT_FALSE(permissions_of(member).is_admin());
  EXPECT_TRUE(permissions_of(administrator).is_admin());
  EXPECT_TRUE(permissions_of(member, "context_is_admin: 'role:member'").is_admin());
}

TEST(Permissions, AreNotLimitedWhereNobodyIsIdentified) {
  EXPECT_TRUE(may_publish(permissions_of(nobody_asked)));
}

TEST(Permissions, AreWhatAFileSaysWhereNobodyIsIdentified) {
  EXPECT_FALSE(may_publish(permissions_of(nobody_asked, "publicize_image: '!'")));
  EXPECT_FALSE(may_publish(permissions_of(nobody_asked, "publicize_image: 'role:admin'")));
  EXPECT_TRUE(may_publish(permissions_of(nobody_asked, "publicize_image: '@'")));
  EXPECT_TRUE(may_publish(permissions_of(nobody_asked, "add_image: '!'")));
}

TEST(Permissions, LookAtOwnershipOnlyWhereTheOlderDefaultsCount) {
  const PolicySettings older{.enforces_new_defaults = false};
  EXPECT_FALSE(permissions_of(member).enforce_ownership());
  EXPECT_TRUE(permissions_of(member, "{}", older).enforce_ownership());
  EXPECT_FALSE(permissions_of(nobody_asked, "{}", older).enforce_ownership());
}

}  // namespace
}  // namespace vitrine::access
