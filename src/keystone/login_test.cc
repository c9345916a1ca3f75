#include "keystone/login.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "config/test_directory.h"
#include "keystone/options.h"

namespace vitrine::keystone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LoginTest : public ::testing::Test {
 protected:
  const config::Config& read(const std::string& text) {
    config_ = std::make_unique<config::Config>(directory_.only(text), options());
    findings_.clear();
    return *config_;
  }
  std::string request_for(const std::string& options) {
    const Login login = read_login(read("[keystone_authtoken]\nauth_url = http://k:5000\n" + options),
                                   authtoken_group, findings_);
    EXPECT_THAT(messages(), IsEmpty());
    return login.request;
  }
  std::vector<std::string> faults_of(const std::string& text) {
    read_login(read(text), authtoken_group, findings_);
    return messages();
  }
  std::vector<std::string> messages() const { return config::lines_of(findings_, directory_); }

  config::TestDirectory directory_;
  std::unique_ptr<config::Config> config_;
  std::vector<config::Finding> findings_;
};

constexpr const char* by_password =
    "auth_type = password\nusername = glance\npassword = secret\nuser_domain_name = Default\n";

TEST_F(LoginTest, WithAPasswordForAProject) {
  EXPECT_EQ(request_for(std::string(by_password) + "project_name = service\nproject_domain_id = default\n"),
            R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"glance",)"
            R"("domain":{"name":"Default"},"password":"secret"}}},)"
            R"("scope":{"project":{"name":"service","domain":{"id":"default"}}}}})");
}

TEST_F(LoginTest, WithIdsInsteadOfNames) {
  EXPECT_EQ(request_for("auth_type = v3password\nuser_id = u\nusername = x\npassword = p\nproject_id = i\n"
                        "project_name = y\n"),
            R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","password":"p"}}},)"
            R"("scope":{"project":{"id":"i"}}}})");
}

TEST_F(LoginTest, WithADefaultDomain) {
  const std::string request = request_for(
      "auth_type = password\nuser_name = g\npassword = p\ntenant_name = t\ndefault_domain_id = d\n"
      "user_domain_name = Own\n");

  EXPECT_THAT(request, HasSubstr(R"("name":"g","domain":{"name":"Own"})"));
  EXPECT_THAT(request, HasSubstr(R"("name":"t","domain":{"id":"d"})"));
}

TEST_F(LoginTest, ForOtherScopes) {
  const auto scope_of = [&](const std::string& options) {
    const std::string request = request_for(by_password + options);
    const auto start = request.find("\"scope\"");
    return start == std::string::npos ? "" : request.substr(start);
  };

  EXPECT_EQ(scope_of(""), "");
  EXPECT_EQ(scope_of("system_scope = all\n"), R"("scope":{"system":{"all":true}}}})");
  EXPECT_EQ(scope_of("system_scope = all\nproject_id = p\n"), R"("scope":{"project":{"id":"p"}}}})");
  EXPECT_EQ(scope_of("domain_id = d\n"), R"("scope":{"domain":{"id":"d"}}}})");
  EXPECT_EQ(scope_of("domain_name = d\n"), R"("scope":{"domain":{"name":"d"}}}})");
  EXPECT_EQ(scope_of("trust_id = t\n"), R"("scope":{"OS-TRUST:trust":{"id":"t"}}}})");
}

TEST_F(LoginTest, WithAnApplicationCredential) {
  EXPECT_EQ(request_for("auth_type = v3applicationcredential\napplication_credential_id = c\n"
                        "application_credential_secret = s\nproject_name = left over\n"),
            R"({"auth":{"identity":{"methods":["application_credential"],)"
            R"("application_credential":{"secret":"s","id":"c"}}}})");
  EXPECT_THAT(request_for("auth_type = v3applicationcredential\napplication_credential_name = n\n"
                          "application_credential_secret = s\nusername = u\nuser_domain_id = d\n"),
              HasSubstr(R"("secret":"s","name":"n","user":{"name":"u","domain":{"id":"d"}})"));
}

TEST_F(LoginTest, WithAToken) {
  EXPECT_EQ(request_for("auth_type = v3token\ntoken = t\nproject_id = p\n"),
            R"({"auth":{"identity":{"methods":["token"],"token":{"id":"t"}},)"
            R"("scope":{"project":{"id":"p"}}}})");
}

TEST_F(LoginTest, IsReadInTheSectionThatIsNamed) {
  const Login login = read_login(
      read("[keystone_authtoken]\nauth_section = login\nauth_url = http://other\nusername = other\n[login]\n"
           "auth_url = https://k/identity\nauth_type = password\nuser_id = u\npassword = p\n"),
      authtoken_group, findings_);

  EXPECT_THAT(messages(), IsEmpty());
  EXPECT_THAT(config_->findings(), IsEmpty());
  EXPECT_EQ(login.identity.host, "k");
  EXPECT_THAT(login.request, HasSubstr(R"("id":"u")"));
}

TEST_F(LoginTest, MissesWhatItNeeds) {
  EXPECT_THAT(faults_of("[keystone_authtoken]\nauth_type = password\n"),
              ElementsAre(HasSubstr("test.conf:1: error: [keystone_authtoken] auth_url: is not set"),
                          HasSubstr("username: is not set"), HasSubstr("user_domain_name: is not set"),
                          HasSubstr("password: is not set")));
  EXPECT_THAT(faults_of("[keystone_authtoken]\nauth_url = http://k\n"),
              ElementsAre(HasSubstr("auth_type: is not set")));
  EXPECT_THAT(faults_of("[keystone_authtoken]\nauth_url = http://k\nauth_type = v3applicationcredential\n"
                        "application_credential_id = i\n"),
              ElementsAre(HasSubstr("application_credential_secret: is not set")));
}

TEST_F(LoginTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(faults_of("[keystone_authtoken]\nauth_url = http://k\nauth_type = v3oidcpassword\n"),
              ElementsAre(HasSubstr("test.conf:3: error: [keystone_authtoken] auth_type: 'v3oidcpassword'")));
  for (const char* url : {"k:5000", "ftp://k", "http://k/?x=1", "http://"}) {
    EXPECT_THAT(faults_of(std::string("[keystone_authtoken]\nauth_type = v3token\ntoken = t\nauth_url = ") +
                          url + "\n"),
                ElementsAre(HasSubstr("auth_url:")))
        << url;
  }
  EXPECT_THAT(faults_of(std::string("[keystone_authtoken]\nauth_url = http://k\nproject_id = p\n"
                                    "trust_id = t\n") +
                        by_password),
              ElementsAre(HasSubstr("one project, one domain or one trust")));
}

TEST_F(LoginTest, NamesNoSecretInWhatItFindsWrong) {
  const auto faults = faults_of(
      "[keystone_authtoken]\nauth_url = http://u:secret@k:x\nauth_type = password\n"
      "username = g\npassword = secret\n");

  for (const std::string& fault : faults) EXPECT_THAT(fault, Not(HasSubstr("secret")));
  EXPECT_EQ(faults.size(), 2u);
}

TEST_F(LoginTest, FindsTheVersionOfTheApiItself) {
  for (const char* url : {"http://k:5000", "http://k:5000/", "http://k:5000/v3", "http://k:5000/v3/",
                          "http://k:5000/v2.0", "http://k:5000/v2.0/"}) {
    EXPECT_EQ(identity_uri(url).target, "/v3") << url;
  }
  EXPECT_EQ(identity_uri("http://k/identity").target, "/identity/v3");
}

TEST_F(LoginTest, ComesWithHowKeystoneIsAsked) {
  const SessionSettings given = authtoken_settings(
      read("[keystone_authtoken]\nauth_url = https://k\nauth_type = v3token\ntoken = t\ncafile = /ca\n"
           "certfile = /cert\nkeyfile = /key\ninsecure = true\ninterface = publicURL\nregion_name = R\n"
           "http_connect_timeout = 7\nhttp_request_max_retries = 2\n"),
      findings_);
  const SessionSettings fallback = authtoken_settings(
      read("[keystone_authtoken]\nauth_url = https://k\nauth_type = v3token\ntoken = t\n"), findings_);

  EXPECT_EQ(given.client.ca_file, "/ca");
  EXPECT_EQ(given.client.certificate_file, "/cert");
  EXPECT_EQ(given.client.key_file, "/key");
  EXPECT_FALSE(given.client.verifies_peers);
  EXPECT_EQ(given.client.connect_timeout, std::chrono::seconds(7));
  EXPECT_EQ(given.client.read_timeout, std::chrono::seconds(7));
  EXPECT_EQ(given.interface, "public");
  EXPECT_EQ(given.region, "R");
  EXPECT_EQ(given.retries, 2u);
  EXPECT_TRUE(fallback.client.verifies_peers);
  EXPECT_EQ(fallback.interface, "internal");
  EXPECT_EQ(fallback.region, "");
  EXPECT_EQ(fallback.retries, 3u);
}

TEST(LoginRequest, IsOfAUserInAProject) {
  EXPECT_EQ(login_request({.user = "u",
                           .user_domain = {.name = "Default"},
                           .password = "p",
                           .project = "images",
                           .project_domain = {.id = "d"}}),
            R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u",)"
            R"("domain":{"name":"Default"},"password":"p"}}},)"
            R"("scope":{"project":{"name":"images","domain":{"id":"d"}}}}})");
}

TEST(LoginRequest, IsOfAnApplicationCredentialIfThereIsOne) {
  EXPECT_EQ(login_request({.user = "u", .credential_id = "c", .credential_secret = "s"}),
            R"({"auth":{"identity":{"methods":["application_credential"],)"
            R"("application_credential":{"id":"c","secret":"s"}}}})");
}

}  // namespace
}  // namespace vitrine::keystone
