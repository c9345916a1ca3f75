#include "access/keystone_identification.h"

#include <gmock/gmock.h>

#include <map>

#include "access/options.h"
#include "base/error.h"
#include "config/test_directory.h"
#include "keystone/login.h"
#include "keystone/options.h"
#include "tests/support/fake_keystone.h"

namespace vitrine::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Headers = std::map<std::string, std::string, std::less<>>;

class KeystoneIdentificationTest : public ::testing::Test {
 protected:
  KeystoneIdentificationTest() {
    keystone_.put("ann", keystone_.token_for("ann", "Member"));
    keystone_.put("nova", keystone_.token_for("nova", "service"));
    keystone_.put("other", keystone_.token_for("other", "member"));
    boost::json::object restricted = keystone_.token_for("cred");
    restricted["application_credential"] = {
        {"id", "c"}, {"access_rules", {{{"method", "GET"}, {"path", "/v2/images/*"}, {"service", "image"}}}}};
    keystone_.put("restricted", restricted);
    keystone_.set_catalog({{{"type", "image"}}});
    boost::json::object expired = keystone_.token_for("ann");
    expired["expires_at"] = to_iso8601(clock_.now() - std::chrono::seconds(5));
    keystone_.put("expired", expired);
    rules_.service_type = "image";
  }

  model::Caller identify(const Headers& headers, std::string_view path = "/v2/images",
                         std::string_view method = "GET") {
    const Presented presented{.method = method, .path = path, .find_header = [&](std::string_view name) {
                                const auto found = headers.find(name);
                                return found == headers.end() ? nullptr : &found->second;
                              }};
    return KeystoneIdentification(validator_, rules_).identify(presented);
  }
  std::optional<ErrorCode> refusal(const Headers& headers, std::string_view path = "/v2/images",
                                   std::string_view method = "GET") {
    try {
      identify(headers, path, method);
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }

  FakeClock clock_{Timestamp(std::chrono::hours(500'000))};
  tests::FakeKeystone keystone_{clock_};
  keystone::Session session_{{.login = {keystone::identity_uri(keystone_.url()), "{}"}, .retries = 0},
                             clock_};
  Metrics metrics_;
  keystone::TokenValidator validator_{session_, {}, clock_, metrics_};
  TokenRules rules_;
};

constexpr auto unauthenticated = ErrorCode::unauthenticated;

TEST_F(KeystoneIdentificationTest, KnowsTheCallerByTheToken) {
  const model::Caller caller = identify({{"X-Auth-Token", " ann "}});

  EXPECT_EQ(caller.user_id, "ann-user");
  EXPECT_EQ(caller.project_id, "ann-project");
  EXPECT_EQ(caller.user_domain_id, "default");
  EXPECT_EQ(caller.project_domain_id, "default");
  EXPECT_THAT(caller.roles, ElementsAre("member"));
  EXPECT_TRUE(caller.is_identified);
  EXPECT_FALSE(caller.is_admin);
  EXPECT_FALSE(caller.may_only_read);
  EXPECT_TRUE(caller.is_admin_project);
  EXPECT_EQ(caller.system_scope, std::nullopt);
  EXPECT_EQ(caller.domain_id, std::nullopt);
  EXPECT_EQ(caller.service.user_id, std::nullopt);
}

TEST_F(KeystoneIdentificationTest, TakesTheOlderHeaderOnlyWithoutTheUsualOne) {
  EXPECT_EQ(identify({{"X-Storage-Token", "ann"}}).user_id, "ann-user");
  EXPECT_EQ(refusal({{"X-Auth-Token", "bad"}, {"X-Storage-Token", "ann"}}), unauthenticated);
  EXPECT_EQ(refusal({{"X-Auth-Token", ""}, {"X-Storage-Token", "ann"}}), unauthenticated);
}

TEST_F(KeystoneIdentificationTest, BelievesNoHeaderButTheToken) {
  const Headers forged{{"X-Identity-Status", "Confirmed"},
                       {"X-Service-Identity-Status", "Confirmed"},
                       {"X-User-Id", "root"},
                       {"X-Project-Id", "root"},
                       {"X-Tenant-Id", "root"},
                       {"X-Roles", "admin"},
                       {"X-Role", "admin"},
                       {"X-Service-Roles", "service"},
                       {"X-Domain-Id", "root"},
                       {"X-Is-Admin-Project", "True"},
                       {"OpenStack-System-Scope", "all"}};
  Headers with_token = forged;
  with_token["X-Auth-Token"] = "ann";

  EXPECT_EQ(refusal(forged), unauthenticated);
  const model::Caller caller = identify(with_token);
  EXPECT_EQ(caller.user_id, "ann-user");
  EXPECT_EQ(caller.project_id, "ann-project");
  EXPECT_THAT(caller.roles, ElementsAre("member"));
  EXPECT_THAT(caller.service.roles, IsEmpty());
  EXPECT_EQ(caller.system_scope, std::nullopt);
  EXPECT_EQ(caller.domain_id, std::nullopt);
}

TEST_F(KeystoneIdentificationTest, KnowsTokensForADomainAndForTheSystem) {
  boost::json::object of_domain = keystone_.token_for("dora");
  of_domain.erase("project");
  of_domain["domain"] = {{"id", "d1"}, {"name", "One"}};
  keystone_.put("domain", of_domain);
  boost::json::object of_system = keystone_.token_for("sys", "Admin");
  of_system.erase("project");
  of_system["system"] = {{"all", true}};
  of_system["is_admin_project"] = false;
  keystone_.put("system", of_system);

  const model::Caller dora = identify({{"X-Auth-Token", "domain"}});
  const model::Caller sys = identify({{"X-Auth-Token", "system"}});

  EXPECT_EQ(dora.domain_id, "d1");
  EXPECT_EQ(dora.project_id, std::nullopt);
  EXPECT_EQ(sys.system_scope, "all");
  EXPECT_FALSE(sys.is_admin_project);
  EXPECT_THAT(sys.roles, ElementsAre("admin"));
}

// Without a good token

TEST_F(KeystoneIdentificationTest, RefusesWhoeverHasNoGoodToken) {
  for (const bool delays : {true, false}) {
    rules_.delays_decision = delays;
    EXPECT_EQ(refusal({}), unauthenticated);
    EXPECT_EQ(refusal({{"X-Auth-Token", "bad"}}), unauthenticated);
    EXPECT_EQ(refusal({{"X-Auth-Token", "expired"}}), unauthenticated);
  }
}

TEST_F(KeystoneIdentificationTest, LetsTheAnonymousReadIfThatIsWantedAndNothingElseDecides) {
  rules_.anonymous = Anonymous::may_read;

  const model::Caller caller = identify({{"X-Auth-Token", "bad"}, {"X-Service-Token", "nova"}});
  EXPECT_TRUE(caller.may_only_read);
  EXPECT_EQ(caller.user_id, std::nullopt);
  EXPECT_THAT(caller.roles, IsEmpty());
  EXPECT_THAT(caller.service.roles, IsEmpty());

  rules_.delays_decision = false;
  EXPECT_EQ(refusal({}), unauthenticated);
}

TEST_F(KeystoneIdentificationTest, IsUnavailableWhileKeystoneIs) {
  rules_.anonymous = Anonymous::may_read;
  keystone_.answer_only(tests::Page{.status = 503});

  EXPECT_EQ(refusal({{"X-Auth-Token", "ann"}}), ErrorCode::unavailable);
  EXPECT_EQ(refusal({{"X-Service-Token", "nova"}}), ErrorCode::unavailable);
  EXPECT_EQ(refusal({}), std::nullopt) << "nobody has to be asked";
}

// Services

TEST_F(KeystoneIdentificationTest, KnowsTheServiceThatPassesARequestOn) {
  const model::Caller caller = identify({{"X-Auth-Token", "ann"}, {"X-Service-Token", "nova"}});

  EXPECT_EQ(caller.user_id, "ann-user");
  EXPECT_THAT(caller.roles, ElementsAre("member"));
  EXPECT_EQ(caller.service.user_id, "nova-user");
  EXPECT_EQ(caller.service.project_id, "nova-project");
  EXPECT_EQ(caller.service.user_domain_id, "default");
  EXPECT_EQ(caller.service.project_domain_id, "default");
  EXPECT_THAT(caller.service.roles, ElementsAre("service"));
}

TEST_F(KeystoneIdentificationTest, BelievesNoServiceWithoutTheRole) {
  for (const char* token : {"other", "bad", "expired"}) {
    const model::Caller caller = identify({{"X-Auth-Token", "ann"}, {"X-Service-Token", token}});
    EXPECT_EQ(caller.user_id, "ann-user");
    EXPECT_THAT(caller.service.roles, IsEmpty()) << token;
  }
  rules_.delays_decision = false;
  for (const char* token : {"other", "bad", "expired"}) {
    EXPECT_EQ(refusal({{"X-Auth-Token", "ann"}, {"X-Service-Token", token}}), unauthenticated) << token;
  }
}

TEST_F(KeystoneIdentificationTest, BelievesAnyServiceIfTheRoleIsNotRequired) {
  rules_.service_roles_required = false;

  EXPECT_THAT(identify({{"X-Auth-Token", "ann"}, {"X-Service-Token", "other"}}).service.roles,
              ElementsAre("member"));
  EXPECT_THAT(identify({{"X-Auth-Token", "ann"}, {"X-Service-Token", "bad"}}).service.roles, IsEmpty());
}

TEST_F(KeystoneIdentificationTest, AllowsAnExpiredTokenOnlyBesideAServiceWithTheRole) {
  rules_.service_roles_required = false;

  EXPECT_EQ(identify({{"X-Auth-Token", "expired"}, {"X-Service-Token", "nova"}}).user_id, "ann-user");
  EXPECT_EQ(refusal({{"X-Auth-Token", "expired"}, {"X-Service-Token", "other"}}), unauthenticated);
  EXPECT_EQ(refusal({{"X-Auth-Token", "expired"}, {"X-Service-Token", "expired"}}), unauthenticated);
}

TEST_F(KeystoneIdentificationTest, DoesNotMakeAUserOfTheSystemOfWhomAServiceOfTheSystemHelps) {
  boost::json::object of_system = keystone_.token_for("nova", "service");
  of_system["system"] = {{"all", true}};
  keystone_.put("system", of_system);

  EXPECT_EQ(identify({{"X-Auth-Token", "ann"}, {"X-Service-Token", "system"}}).system_scope, std::nullopt);
}

// Restricted application credentials

TEST_F(KeystoneIdentificationTest, LetsARestrictedCredentialDoWhatItsRulesName) {
  const Headers headers{{"X-Auth-Token", "restricted"}};

  EXPECT_EQ(identify(headers, "/v2/images/1").user_id, "cred-user");
  EXPECT_EQ(identify(headers, "/v2.9/images/1").user_id, "cred-user");
  EXPECT_EQ(refusal(headers, "/v2/images"), unauthenticated);
  EXPECT_EQ(refusal(headers, "/v2/images/1/file"), unauthenticated);
  EXPECT_EQ(refusal(headers, "/v2/images/1%2Ffile"), unauthenticated);
  EXPECT_EQ(refusal(headers, "/v2/images/%"), unauthenticated);
  EXPECT_EQ(refusal(headers, "/v2/images/1", "DELETE"), unauthenticated);
}

TEST_F(KeystoneIdentificationTest, RefusesARestrictedCredentialIfItDoesNotKnowItsOwnType) {
  rules_.service_type = "";
  EXPECT_EQ(refusal({{"X-Auth-Token", "restricted"}}, "/v2/images/1"), unauthenticated);

  rules_.service_type = "volumev3";
  EXPECT_EQ(refusal({{"X-Auth-Token", "restricted"}}, "/v2/images/1"), unauthenticated);
}

TEST_F(KeystoneIdentificationTest, LeavesARestrictedCredentialToTheServiceThatHelpsItsUser) {
  const auto with_service = [](const char* token) {
    return Headers{{"X-Auth-Token", "restricted"}, {"X-Service-Token", token}};
  };

  EXPECT_EQ(refusal(with_service("nova"), "/v2/images/1/file"), std::nullopt);
  EXPECT_EQ(refusal(with_service("bad"), "/v2/images/1/file"), unauthenticated);
  EXPECT_EQ(refusal(with_service("other"), "/v2/images/1/file"), unauthenticated);
}

TEST(RuledPath, IsDecodedAndOfOneVersion) {
  EXPECT_EQ(ruled_path("/v2/images"), "/v2/images");
  EXPECT_EQ(ruled_path("/v2.15/images/a%20b"), "/v2/images/a b");
  EXPECT_EQ(ruled_path("/v2.x/images"), "/v2.x/images");
  EXPECT_EQ(ruled_path("/v2."), "/v2.");
  EXPECT_EQ(ruled_path("/v2.1"), "/v2");
  EXPECT_EQ(ruled_path("/%zz"), std::nullopt);
}

// Options

class TokenRulesTest : public ::testing::Test {
 protected:
  TokenRules rules(const std::string& text, std::optional<bool> delays_decision = {}) {
    OptionList known = options();
    for (const AnyOption& option : keystone::options()) known.push_back(option);
    const config::Config config(directory_.only(text), known);
    findings_.clear();
    TokenRules rules = token_rules(config, delays_decision, findings_);
    lines_ = config::lines_of(findings_, directory_);
    return rules;
  }

  config::TestDirectory directory_;
  std::vector<config::Finding> findings_;
  std::vector<std::string> lines_;
};

TEST_F(TokenRulesTest, AreThoseOfTheOptions) {
  const TokenRules fallback =
      rules("[keystone_authtoken]\nauth_url = http://k:5000\nauth_type = v3token\ntoken = t\n");
  EXPECT_FALSE(fallback.delays_decision);
  EXPECT_EQ(fallback.anonymous, Anonymous::refused);
  EXPECT_THAT(fallback.service_roles, ElementsAre("service"));
  EXPECT_TRUE(fallback.service_roles_required);
  EXPECT_EQ(fallback.service_type, "");
  EXPECT_EQ(fallback.challenge, "Keystone uri=\"http://k:5000/v3\"");

  const TokenRules given = rules(
      "[DEFAULT]\nallow_anonymous_access = true\n[keystone_authtoken]\nwww_authenticate_uri = "
      "https://public/identity\n"
      "delay_auth_decision = true\nservice_token_roles = a, b\nservice_token_roles_required = false\n"
      "service_type = image\n");
  EXPECT_TRUE(given.delays_decision);
  EXPECT_EQ(given.anonymous, Anonymous::may_read);
  EXPECT_THAT(given.service_roles, ElementsAre("a", "b"));
  EXPECT_FALSE(given.service_roles_required);
  EXPECT_EQ(given.service_type, "image");
  EXPECT_EQ(given.challenge, "Keystone uri=\"https://public/identity\"");
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(TokenRulesTest, FollowThePipelineBeforeTheOption) {
  EXPECT_TRUE(rules("", true).delays_decision);
  EXPECT_FALSE(rules("[keystone_authtoken]\ndelay_auth_decision = true\n", false).delays_decision);
}

TEST_F(TokenRulesTest, SayWhatIsWrongAndWhatHasNoEffect) {
  rules("[keystone_authtoken]\nwww_authenticate_uri = http://k/\"\nmemcached_servers = m:11211\n");

  EXPECT_THAT(lines_,
              ElementsAre(HasSubstr("test.conf:3: warning: [keystone_authtoken] memcached_servers"),
                          HasSubstr("test.conf:2: error: [keystone_authtoken] www_authenticate_uri")));
}

}  // namespace
}  // namespace vitrine::access
