#include "keystone/token.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace vitrine::keystone {
namespace {

using ::testing::ElementsAre;

std::string with(std::string_view rest) {
  return R"({"token": {"user": {"id": "u1", "name": "ann", "domain": {"id": "d1", "name": "One"}},
             "expires_at": "2026-11-23T09:18:34.000000Z")" +
         std::string(rest.empty() ? "" : ", ") + std::string(rest) + "}}";
}

ErrorCode code_of(std::string_view text) {
  try {
    parse_token(text);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(Token, OfAProject) {
  const Token token = parse_token(with(
      R"("project": {"id": "p1", "name": "work", "domain": {"id": "d2", "name": "Two"}}, "is_domain": false,
         "roles": [{"id": "1", "name": "Member"}, {"id": "2", "name": "reader"}], "audit_ids": ["a1", "a2"],
         "methods": ["password"], "issued_at": "2026-11-23T08:18:34.000000Z", "bind": {})"));

  EXPECT_EQ(token.user.id, "u1");
  EXPECT_EQ(token.user.name, "ann");
  EXPECT_EQ(token.user.domain_id, "d1");
  EXPECT_EQ(token.project->id, "p1");
  EXPECT_EQ(token.project->domain_id, "d2");
  EXPECT_EQ(token.project->domain_name, "Two");
  EXPECT_THAT(token.roles, ElementsAre("Member", "reader"));
  EXPECT_THAT(token.audit_ids, ElementsAre("a1", "a2"));
  EXPECT_EQ(token.expires_at, parse_time("2026-11-23T09:18:34Z"));
  EXPECT_TRUE(token.is_admin_project);
  EXPECT_FALSE(token.is_for_system);
  EXPECT_FALSE(token.domain);
  EXPECT_FALSE(token.access_rules);
  EXPECT_FALSE(token.service_types);
  EXPECT_FALSE(token.is_bound);
}

TEST(Token, OfADomainOrTheSystem) {
  const Token of_domain = parse_token(with(R"("domain": {"id": "d3", "name": "Three"})"));
  const Token of_system = parse_token(with(R"("system": {"all": true}, "is_admin_project": false)"));
  const Token of_no_system = parse_token(with(R"("system": {"all": false})"));

  EXPECT_EQ(of_domain.domain->id, "d3");
  EXPECT_FALSE(of_domain.project);
  EXPECT_TRUE(of_system.is_for_system);
  EXPECT_FALSE(of_system.is_admin_project);
  EXPECT_FALSE(of_no_system.is_for_system);
}

TEST(Token, OfARestrictedApplicationCredential) {
  const Token token = parse_token(with(
      R"("application_credential": {"id": "c1", "access_rules": [
           {"id": "r1", "method": "GET", "path": "/v2/images", "service": "image"}]},
         "catalog": [{"type": "image", "endpoints": []}, {"type": "identity"}])"));

  ASSERT_TRUE(token.access_rules);
  EXPECT_EQ(token.access_rules->at(0).path, "/v2/images");
  EXPECT_THAT(*token.service_types, ElementsAre("image", "identity"));
}

TEST(Token, WithoutRulesIsNotRestrictedAndWithAnEmptyListMayDoNothing) {
  EXPECT_FALSE(parse_token(with(R"("application_credential": {"id": "c1"})")).access_rules);
  EXPECT_FALSE(parse_token(with(R"("application_credential": {"access_rules": null})")).access_rules);
  EXPECT_TRUE(parse_token(with(R"("application_credential": {"access_rules": []})")).access_rules->empty());
}

TEST(Token, ThatIsBoundToAClientSaysSo) {
  EXPECT_TRUE(parse_token(with(R"("bind": {"kerberos": "ann"})")).is_bound);
}

TEST(Token, ExpiresAtItsTimeAndNotLater) {
  const Token token = parse_token(with(""));

  EXPECT_FALSE(token.is_expired(token.expires_at - std::chrono::microseconds(1)));
  EXPECT_TRUE(token.is_expired(token.expires_at));
}

TEST(Token, ThatIsNotUnderstoodIsNobodys) {
  const std::string deep = std::string(5'000, '[') + std::string(5'000, ']');
  for (const std::string& text :
       {std::string(""),
        std::string("token"),
        std::string("[]"),
        std::string("{}"),
        std::string(R"({"token": null})"),
        std::string(R"({"token": []})"),
        std::string(R"({"token": {}})"),
        std::string(R"({"token": {"user": {"id": "u"}}})"),
        std::string(R"({"token": {"user": {"id": "u"}, "expires_at": "soon"}})"),
        std::string(R"({"token": {"user": {"id": "u"}, "expires_at": 7}})"),
        std::string(R"({"token": {"user": {"id": ""}, "expires_at": "2026-11-23T09:18:34Z"}})"),
        with(R"("roles": {"name": "admin"})"),
        with(R"("roles": ["admin"])"),
        with(R"("roles": [{"id": "1"}])"),
        with(R"("project": "p1")"),
        with(R"("project": {"name": "work"})"),
        with(R"("system": {"all": "yes"})"),
        with(R"("is_admin_project": "false")"),
        with(R"("application_credential": {"access_rules": {}})"),
        with(R"("application_credential": {"access_rules": [{"method": "GET"}]})"),
        with(R"("catalog": [1])"),
        with(R"("bind": "kerberos")"),
        with("\"audit_ids\": " + deep)}) {
    EXPECT_EQ(code_of(text), ErrorCode::unavailable) << text.substr(0, 100);
  }
}

}  // namespace
}  // namespace vitrine::keystone
