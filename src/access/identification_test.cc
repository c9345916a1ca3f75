#include "access/identification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/error.h"

namespace vitrine::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Headers = std::map<std::string, std::string, std::less<>>;

model::Caller caller_of(Identification& identification, const Headers& headers) {
  const Presented presented{.method = "GET", .path = "/v2/images", .find_header = [&](std::string_view name) {
                              const auto found = headers.find(name);
                              return found == headers.end() ? nullptr : &found->second;
                            }};
  return identification.identify(presented);
}

model::Caller believed(Headers headers) {
  HeaderIdentification identification(Anonymous::refused);
  headers.emplace("X-Identity-Status", "Confirmed");
  return caller_of(identification, headers);
}

TEST(NoIdentification, MakesEverybodyAnAdministratorWithoutAProjectWhateverTheHeadersSay) {
  NoIdentification identification;

  const model::Caller caller = caller_of(
      identification, {{"X-Identity-Status", "Confirmed"}, {"X-Project-Id", "p"}, {"X-Roles", "reader"}});

  EXPECT_FALSE(caller.is_identified);
  EXPECT_TRUE(caller.is_admin);
  EXPECT_EQ(caller.project_id, std::nullopt);
  EXPECT_THAT(caller.roles, IsEmpty());
}

TEST(HeaderIdentification, TakesUserProjectAndRolesFromTheHeaders) {
  const model::Caller caller = believed({{"X-User-Id", "u"},
                                         {"X-Project-Id", "p"},
                                         {"X-Roles", "Member, reader"},
                                         {"X-User-Domain-Id", "ud"},
                                         {"X-Project-Domain-Id", "pd"},
                                         {"X-Is-Admin-Project", "False"}});

  EXPECT_TRUE(caller.is_identified);
  EXPECT_FALSE(caller.is_admin) << "the policy decides that";
  EXPECT_FALSE(caller.may_only_read);
  EXPECT_EQ(caller.user_id, "u");
  EXPECT_EQ(caller.project_id, "p");
  EXPECT_THAT(caller.roles, ElementsAre("member", "reader"));
  EXPECT_EQ(caller.user_domain_id, "ud");
  EXPECT_EQ(caller.project_domain_id, "pd");
  EXPECT_FALSE(caller.is_admin_project);
}

TEST(HeaderIdentification, KnowsTheScopesThatAreNoProject) {
  EXPECT_EQ(believed({{"X-Domain-Id", "d"}}).domain_id, "d");
  EXPECT_EQ(believed({{"OpenStack-System-Scope", "all"}}).system_scope, "all");
}

TEST(HeaderIdentification, KnowsTheServiceThatPassesARequestOn) {
  const model::CallingService service = believed({{"X-Service-User-Id", "u"},
                                                  {"X-Service-User-Domain-Id", "ud"},
                                                  {"X-Service-Project-Id", "p"},
                                                  {"X-Service-Project-Domain-Id", "pd"},
                                                  {"X-Service-Roles", "Service"}})
                                            .service;

  EXPECT_EQ(service.user_id, "u");
  EXPECT_EQ(service.user_domain_id, "ud");
  EXPECT_EQ(service.project_id, "p");
  EXPECT_EQ(service.project_domain_id, "pd");
  EXPECT_THAT(service.roles, ElementsAre("service"));
}

TEST(HeaderIdentification, TakesAnOlderNameOnlyWithoutTheNewOne) {
  EXPECT_EQ(believed({{"X-Tenant-Id", "old"}}).project_id, "old");
  EXPECT_EQ(believed({{"X-Tenant-Id", "old"}, {"X-Project-Id", "new"}}).project_id, "new");
  EXPECT_EQ(believed({{"X-User", "old"}}).user_id, "old");
  EXPECT_THAT(believed({{"X-Role", "old"}}).roles, ElementsAre("old"));
  EXPECT_THAT(believed({{"X-Role", "old"}, {"X-Roles", ""}}).roles, IsEmpty());
}

TEST(HeaderIdentification, RefusesWhoeverIsNotConfirmed) {
  HeaderIdentification identification(Anonymous::refused);

  for (const Headers& headers : {Headers{}, Headers{{"X-Project-Id", "p"}, {"X-Roles", "admin"}},
                                 Headers{{"X-Identity-Status", "Invalid"}, {"X-Roles", "admin"}},
                                 Headers{{"X-Identity-Status", "confirmed"}, {"X-Roles", "admin"}}}) {
    try {
      caller_of(identification, headers);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::unauthenticated);
    }
  }
}

TEST(HeaderIdentification, MayLetThemReadWithoutAnyRole) {
  HeaderIdentification identification(Anonymous::may_read);

  const model::Caller caller = caller_of(identification, {{"X-Project-Id", "p"}, {"X-Roles", "admin"}});

  EXPECT_TRUE(caller.may_only_read);
  EXPECT_TRUE(caller.is_identified) << "the rules count for them";
  EXPECT_FALSE(caller.is_admin);
  EXPECT_EQ(caller.project_id, std::nullopt);
  EXPECT_THAT(caller.roles, IsEmpty());
}

}  // namespace
}  // namespace vitrine::access
