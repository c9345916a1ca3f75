#include "stores/drivers/swift/swift_settings.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <fstream>

#include "base/error.h"
#include "stores/drivers/swift/swift_options.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string account_in_options =
    "swift_store_auth_address = http://keystone:5000/v3\nswift_store_user = project:user\nswift_store_key = "
    "key\n";

class SwiftSettingsTest : public ::testing::Test {
 protected:
  /// A configuration whose store [cloud] has these lines.
  std::unique_ptr<config::Config> config_of(const std::string& lines) const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << "[cloud]\n" << lines << "\n[DEFAULT]\nenabled_backends = cloud:swift\n";
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    return std::make_unique<config::Config>(search, swift_options());
  }
  SwiftSettings read(const std::string& lines) const {
    return read_swift_settings(*config_of(account_in_options + lines), "cloud");
  }
  /// With an account file of this text.
  std::string with_file(const std::string& text) const {
    const std::filesystem::path file = place_.path() / "accounts.conf";
    std::ofstream(file) << text;
    return "swift_store_config_file = " + file.string() + "\n";
  }

  /// The one finding about the lines, which reading them throws, too.
  std::string fault(const std::string& lines) const {
    const auto config = config_of(lines);
    const std::vector<config::Finding> findings = check_swift_settings(*config, "cloud");
    EXPECT_THAT(findings, SizeIs(1)) << lines;
    try {
      read_swift_settings(*config, "cloud");
      ADD_FAILURE() << lines << " is taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
    }
    return findings.empty() ? "" : findings.front().message;
  }

  tests::TemporaryDirectory place_;
};

TEST_F(SwiftSettingsTest, AreGlancesIfNothingElseIsSet) {
  const SwiftSettings settings = read("");

  EXPECT_EQ(settings.accounts.at("ref1").login, SwiftAccount::Login::at_keystone);
  EXPECT_EQ(settings.accounts.at("ref1").user_domain.id, "default");
  EXPECT_FALSE(settings.has_account_file);
  EXPECT_EQ(settings.container, "glance");
  EXPECT_EQ(settings.sizes.large_from, 5'242'880'000u);
  EXPECT_EQ(settings.sizes.segment, 204'800'000u);
  EXPECT_FALSE(settings.sizes.is_static);
  EXPECT_EQ(settings.endpoint.interface, "public");
  EXPECT_TRUE(settings.client.verifies_peers);
  EXPECT_EQ(settings.patience.attempts, 5u);
}

TEST_F(SwiftSettingsTest, AreReadFromTheOptions) {
  const SwiftSettings settings = read(
      "swift_store_auth_version = 1\nswift_store_endpoint = https://swift/v1/AUTH_x\n"
      "swift_store_endpoint_type = internalURL\nswift_store_region = RegionTwo\n"
      "swift_store_auth_insecure = true\nswift_store_large_object_size = 1\n"
      "swift_store_large_object_chunk_size = 2\nswift_store_static_large_objects = true\n"
      "swift_store_expire_soon_interval = 7\nswift_store_retry_get_count = 9\n");

  EXPECT_EQ(settings.accounts.at("ref1").login, SwiftAccount::Login::at_swift);
  EXPECT_EQ(settings.endpoint.fixed->target, "/v1/AUTH_x");
  EXPECT_EQ(settings.endpoint.interface, "internal");
  EXPECT_EQ(settings.endpoint.region, "RegionTwo");
  EXPECT_FALSE(settings.client.verifies_peers);
  EXPECT_EQ(settings.sizes.large_from, 1'024'000u);
  EXPECT_EQ(settings.sizes.segment, 2'048'000u);
  EXPECT_TRUE(settings.sizes.is_static);
  EXPECT_EQ(settings.renewal_time, std::chrono::seconds(7));
  EXPECT_EQ(settings.patience.attempts, 10u);
}

TEST_F(SwiftSettingsTest, TakeAccountsFromAFile) {
  const std::string file = with_file(
      "[DEFAULT]\nuser_domain_name = People\n"
      "[ref1]\nauth_address = 'http://keystone/v3'\nuser = \"project:user\"\nkey = key\n"
      "[ref2]\nauth_address = http://swift/auth/v1.0\nuser = account:user\nkey = key\nauth_version = 1\n"
      "project_domain_id = places\n"
      "[ref3]\nauth_address = http://keystone/v3\napplication_credential_id = id\n"
      "application_credential_secret = secret\n"
      "[incomplete]\nuser = project:user\n");

  const SwiftSettings settings =
      read_swift_settings(*config_of(file + "default_swift_reference = ref2\n"), "cloud");

  EXPECT_THAT(settings.accounts, SizeIs(3));
  EXPECT_TRUE(settings.has_account_file);
  EXPECT_EQ(settings.reference, "ref2");
  EXPECT_EQ(settings.accounts.at("ref1").auth_address, "http://keystone/v3");
  EXPECT_EQ(settings.accounts.at("ref1").user, "project:user");
  EXPECT_EQ(settings.accounts.at("ref1").user_domain.name, "People");
  EXPECT_EQ(settings.accounts.at("ref1").project_domain.id, "default");
  EXPECT_EQ(settings.accounts.at("ref2").login, SwiftAccount::Login::at_swift);
  EXPECT_EQ(settings.accounts.at("ref2").project_domain.id, "places");
  EXPECT_EQ(settings.accounts.at("ref3").credential_secret, "secret");
}

TEST_F(SwiftSettingsTest, AreRefusedWithTheOptionThatIsWrong) {
  EXPECT_THAT(fault(""), HasSubstr("needs swift_store_auth_address, swift_store_user, swift_store_key"));
  EXPECT_THAT(fault("swift_store_application_credential_id = id\n"),
              HasSubstr("needs swift_store_auth_address, swift_store_application_credential_secret"));
  EXPECT_THAT(fault(account_in_options + "swift_store_auth_version = 2\n"), HasSubstr("write 3"));
  EXPECT_THAT(fault(account_in_options + "swift_store_auth_address = ftp://keystone\n"),
              HasSubstr("is no URL"));
  EXPECT_THAT(fault(account_in_options + "swift_store_endpoint = swift\n"),
              HasSubstr("swift_store_endpoint:"));
  EXPECT_THAT(fault(account_in_options + "swift_store_container = a/b\n"),
              HasSubstr("swift_store_container:"));
  EXPECT_THAT(fault(account_in_options + "swift_store_cacert = /nowhere\n"),
              HasSubstr("swift_store_cacert:"));
  const std::string user = fault(account_in_options + "swift_store_user = hunter\n");
  EXPECT_THAT(user, HasSubstr("with one colon"));
  EXPECT_THAT(user, Not(HasSubstr("hunter")));
}

TEST_F(SwiftSettingsTest, AreRefusedWithAnAccountFileThatIsWrong) {
  const std::string section = "[ref1]\nauth_address = http://keystone/v3\nkey = key\nuser = ";

  EXPECT_THAT(fault("swift_store_config_file = /nowhere\n"),
              HasSubstr("no such file, or it has no section [ref1]"));
  EXPECT_THAT(fault(with_file(section + "\n")), HasSubstr("no section [ref1]"));
  EXPECT_THAT(fault(with_file(section + "project\n")), HasSubstr("with one colon"));
  EXPECT_THAT(fault(with_file(section + "project:user\nauth_version = 2\n")), HasSubstr("write 3"));
}

TEST_F(SwiftSettingsTest, SayWhatTheUrisOfTheStoreBeginWith) {
  const auto prefixes = [&](const std::string& lines) {
    return swift_uri_prefixes(*config_of(account_in_options + lines), "cloud");
  };
  const std::string file =
      with_file("[ref1]\nauth_address = http://keystone/v3\nuser = project:user\nkey = key\n");

  EXPECT_THAT(prefixes(""), ElementsAre("swift+http://project%3Auser:key@keystone:5000/v3/glance/"));
  EXPECT_THAT(prefixes("swift_store_multiple_containers_seed = 3\n"),
              ElementsAre("swift+http://project%3Auser:key@keystone:5000/v3/glance_"));
  EXPECT_THAT(prefixes(file), ElementsAre("swift+config://ref1/glance/"));
}

TEST_F(SwiftSettingsTest, NeedToSayWhereTheAccountsOfProjectsAre) {
  const std::string multi_tenant = "swift_store_multi_tenant = true\n";

  EXPECT_THAT(fault(multi_tenant), HasSubstr("nobody knows where the projects' accounts are"));
  EXPECT_THAT(fault(multi_tenant +
                    with_file("[ref1]\nauth_address = http://keystone/v3\nuser = project:user\nkey = key\n")),
              HasSubstr("Unset one of the two"));
  EXPECT_THAT(fault(multi_tenant + "swift_store_auth_address = ftp://keystone\n"), HasSubstr("is no URL"));
  const auto fixed = config_of(multi_tenant + "swift_store_endpoint = https://swift/v1/all/\n");
  EXPECT_THAT(check_swift_settings(*fixed, "cloud"), IsEmpty());
  EXPECT_THAT(swift_uri_prefixes(*fixed, "cloud"), ElementsAre("swift+https://swift/v1/all/glance_"));
}

TEST_F(SwiftSettingsTest, NeedNoAccountOfTheServiceWhereProjectsHaveTheirs) {
  const std::string multi_tenant =
      "swift_store_multi_tenant = true\nswift_store_admin_tenants = one, two\n"
      "swift_store_auth_address = http://keystone:5000/v3/\n";
  const SwiftSettings without = read_swift_settings(*config_of(multi_tenant), "cloud");
  const SwiftSettings with = read_swift_settings(*config_of(account_in_options + multi_tenant), "cloud");

  EXPECT_TRUE(without.accounts.empty());
  EXPECT_EQ(without.identity_address, "http://keystone:5000/v3/");
  EXPECT_THAT(without.admin_projects, ElementsAre("one", "two"));
  EXPECT_EQ(with.accounts.at(with.reference).key, "key");
  EXPECT_THAT(swift_uri_prefixes(*config_of(multi_tenant), "cloud"), IsEmpty());
}

TEST_F(SwiftSettingsTest, TellWhatOperatorsSeeOfTheStore) {
  EXPECT_EQ(boost::json::serialize(swift_properties(*config_of(account_in_options), "cloud")),
            R"({"container":"glance","large_object_size":5242880000,"large_object_chunk_size":204800000})");
  EXPECT_THAT(check_swift_settings(*config_of(account_in_options), "cloud"), IsEmpty());
}

}  // namespace
}  // namespace vitrine::stores
