#include "keystone/limit_settings.h"

#include <gmock/gmock.h>

#include "config/test_directory.h"
#include "keystone/options.h"

namespace vitrine::keystone {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LimitSettingsTest : public ::testing::Test {
 protected:
  LimitSettings read(const std::string& more) {
    config_ = std::make_unique<config::Config>(directory_.only("[oslo_limit]\n" + more), options());
    findings_.clear();
    return limit_settings(*config_, findings_);
  }
  std::vector<std::string> messages() const { return config::lines_of(findings_, directory_); }

  config::TestDirectory directory_;
  std::unique_ptr<config::Config> config_;
  std::vector<config::Finding> findings_;
};

constexpr const char* login =
    "auth_url = http://k:5000\nauth_type = password\nusername = glance\npassword = hidden\n"
    "user_domain_name = Default\nsystem_scope = all\n";

TEST_F(LimitSettingsTest, SayWhoAsksForTheLimitsOfWhichEndpoint) {
  const LimitSettings settings = read(std::string(login) + "endpoint_id = e1\n");

  EXPECT_THAT(messages(), IsEmpty());
  EXPECT_EQ(settings.endpoint.id, "e1");
  EXPECT_EQ(settings.endpoint.interface, "public");
  EXPECT_THAT(settings.session.login.request, HasSubstr(R"("scope":{"system":{"all":true}})"));
  EXPECT_EQ(settings.session.interface, "public");
  EXPECT_EQ(settings.session.retries, 3u);
  EXPECT_EQ(settings.session.client.connect_timeout, milliseconds(10'000));
  EXPECT_EQ(settings.session.client.read_timeout, milliseconds(30'000));
}

TEST_F(LimitSettingsTest, FindTheEndpointByItsService) {
  const LimitSettings settings =
      read(std::string(login) +
           "endpoint_service_type = image\nendpoint_service_name = vitrine\nendpoint_region_name = R\n"
           "endpoint_interface = internalURL\n");

  EXPECT_THAT(messages(), IsEmpty());
  EXPECT_EQ(settings.endpoint.service_type, "image");
  EXPECT_EQ(settings.endpoint.service_name, "vitrine");
  EXPECT_EQ(settings.endpoint.region, "R");
  EXPECT_EQ(settings.endpoint.interface, "internal");
}

TEST_F(LimitSettingsTest, SayHowKeystoneIsReached) {
  const SessionSettings session =
      read(std::string(login) +
           "endpoint_id = e1\nvalid_interfaces = internalURL,public\nregion_name = R\ntimeout = 1.5\n"
           "connect_retries = 0\ncafile = /ca\ninsecure = true\n")
          .session;

  EXPECT_EQ(session.interface, "internal");
  EXPECT_EQ(session.region, "R");
  EXPECT_EQ(session.client.connect_timeout, milliseconds(1500));
  EXPECT_EQ(session.client.read_timeout, milliseconds(1500));
  EXPECT_EQ(session.retries, 0u);
  EXPECT_EQ(session.client.ca_file, "/ca");
  EXPECT_FALSE(session.client.verifies_peers);
}

TEST_F(LimitSettingsTest, AreIncompleteWithoutAnEndpoint) {
  read(std::string(login) + "endpoint_region_name = R\n");

  EXPECT_THAT(messages(), ElementsAre(AllOf(HasSubstr("test.conf:1: error: [oslo_limit] endpoint_id"),
                                            HasSubstr("use_keystone_limits"))));
}

TEST_F(LimitSettingsTest, AreIncompleteWithoutALogin) {
  read("endpoint_id = e1\n");

  EXPECT_THAT(messages(), ElementsAre(HasSubstr("[oslo_limit] auth_url: is not set"),
                                      HasSubstr("[oslo_limit] auth_type: is not set")));
}

}  // namespace
}  // namespace vitrine::keystone
