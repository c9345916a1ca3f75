#include "stores/drivers/cinder/cinder_settings.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "keystone/options.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view own_user =
    "cinder_store_auth_address = http://keystone:5000/v3\ncinder_store_user_name = glance\n"
    "cinder_store_password = secret\ncinder_store_project_name = images\n";

class CinderSettingsTest : public ::testing::Test {
 protected:
  /// A configuration whose store [blocks] has these lines.
  std::unique_ptr<config::Config> config_of(const std::string& lines) const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << "[blocks]\n" << lines << "\n[DEFAULT]\nenabled_backends = blocks:cinder\n";
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    OptionList options = cinder_options();
    const OptionList of_tokens = keystone::options();
    options.insert(options.end(), of_tokens.begin(), of_tokens.end());
    return std::make_unique<config::Config>(search, options);
  }
  CinderSettings read(const std::string& lines) const {
    return read_cinder_settings(*config_of(std::string(own_user) + lines), "blocks");
  }
  /// The one finding.
  std::string fault(const std::string& lines) const {
    const auto config = config_of(lines);
    const std::vector<config::Finding> findings = check_cinder_settings(*config, "blocks");
    EXPECT_THAT(findings, SizeIs(1));
    return findings.empty() ? "" : findings.front().message;
  }

  tests::TemporaryDirectory place_;
};

TEST_F(CinderSettingsTest, AreGlancesIfNothingElseIsSet) {
  const CinderSettings settings = read("");

  EXPECT_EQ(settings.store_id, "blocks");
  EXPECT_EQ(settings.endpoint.type, "volumev3");
  EXPECT_EQ(settings.endpoint.name, "");
  EXPECT_EQ(settings.endpoint.interface, "public");
  EXPECT_EQ(settings.volume_type, "");
  EXPECT_EQ(settings.attachment_attempts, 5u);
  EXPECT_EQ(settings.patience.attempts, 4u);
  EXPECT_EQ(settings.times.transition, std::chrono::seconds(300));
  EXPECT_FALSE(settings.extends_attached);
  EXPECT_TRUE(settings.client.verifies_peers);
  EXPECT_EQ(settings.account.user_domain.name, "Default");
  EXPECT_EQ(settings.connectors.ceph_directory, "/etc/ceph");
  EXPECT_THAT(check_cinder_settings(*config_of(std::string(own_user)), "blocks"), IsEmpty());
}

TEST_F(CinderSettingsTest, AreThoseThatAreSet) {
  const CinderSettings settings = read(
      "cinder_catalog_info = block-storage:cinder:internalURL\ncinder_os_region_name = two\n"
      "cinder_volume_type = fast\ncinder_do_extend_attached = true\ncinder_attachment_retry_attempts = 2\n"
      "cinder_http_retries = 0\ncinder_state_transition_timeout = 7\ncinder_api_insecure = true\n"
      "cinder_endpoint_template = https://cinder/v3/%(tenant)s\n");

  EXPECT_EQ(settings.endpoint.type, "block-storage");
  EXPECT_EQ(settings.endpoint.name, "cinder");
  EXPECT_EQ(settings.endpoint.interface, "internal");
  EXPECT_EQ(settings.endpoint.region, "two");
  EXPECT_EQ(settings.endpoint_template, "https://cinder/v3/%(tenant)s");
  EXPECT_EQ(settings.volume_type, "fast");
  EXPECT_TRUE(settings.extends_attached);
  EXPECT_EQ(settings.attachment_attempts, 2u);
  EXPECT_EQ(settings.patience.attempts, 1u);
  EXPECT_EQ(settings.times.transition, std::chrono::seconds(7));
  EXPECT_FALSE(settings.client.verifies_peers);
}

TEST_F(CinderSettingsTest, NeedAllOfAUserOrNothing) {
  EXPECT_THAT(fault("cinder_store_user_name = glance\n"),
              HasSubstr("cinder_store_auth_address, cinder_store_password, cinder_store_project_name"));
  EXPECT_THAT(fault("cinder_store_auth_address = http://k/v3\ncinder_store_application_credential_id = c\n"),
              HasSubstr("cinder_store_application_credential_secret"));
}

TEST_F(CinderSettingsTest, NeedNoUserWhereItIsKnownWhereCallersFindCinder) {
  const std::string keystone = "cinder_store_auth_address = http://k/v3\n";
  const std::string address = "cinder_endpoint_template = http://c/v3/%(project_id)s\n";
  const std::string tokens =
      "[keystone_authtoken]\nauth_type = password\nauth_url = http://k\nusername = u\npassword = p\n"
      "project_name = p\nuser_domain_id = default\nproject_domain_id = default\n";
  for (const std::string& lines : {keystone, address, tokens}) {
    EXPECT_THAT(check_cinder_settings(*config_of(lines), "blocks"), IsEmpty()) << lines;
    EXPECT_FALSE(read_cinder_settings(*config_of(lines), "blocks").has_own_user());
  }
  EXPECT_EQ(read_cinder_settings(*config_of(tokens), "blocks").auth_address, "http://k/v3");
  EXPECT_THAT(fault(""), HasSubstr("cinder_store_user_name"));
}

TEST_F(CinderSettingsTest, MayHaveAnApplicationCredential) {
  const std::string lines =
      "cinder_store_auth_address = http://k/v3\ncinder_store_application_credential_id = c\n"
      "cinder_store_application_credential_secret = s\n";

  EXPECT_THAT(check_cinder_settings(*config_of(lines), "blocks"), IsEmpty());
  EXPECT_EQ(read_cinder_settings(*config_of(lines), "blocks").account.credential_id, "c");
}

TEST_F(CinderSettingsTest, AreRefusedIfTheyMakeNoSense) {
  for (const std::string line :
       {"cinder_catalog_info = volumev3", "cinder_catalog_info = :x:public",
        "cinder_endpoint_template = %(tenant)s", "cinder_ca_certificates_file = /nowhere",
        "cinder_store_auth_address = ldap://x"}) {
    const std::string option = line.substr(0, line.find(' '));
    EXPECT_THAT(fault(std::string(own_user) + line + "\n"), HasSubstr(option));
  }
}

TEST_F(CinderSettingsTest, TellStoresOfOneProjectApartByTheirType) {
  const auto place = [&](const std::string& lines) {
    return cinder_places(*config_of(std::string(own_user) + lines), "blocks").front();
  };

  EXPECT_TRUE(overlap(place(""), place("")));
  EXPECT_FALSE(overlap(place(""), place("cinder_volume_type = fast")));
  EXPECT_THAT(cinder_uri_prefixes(*config_of(std::string(own_user)), "blocks"),
              ElementsAre("cinder://blocks/"));
}

}  // namespace
}  // namespace vitrine::stores
