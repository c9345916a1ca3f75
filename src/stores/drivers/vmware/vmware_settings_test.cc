#include "stores/drivers/vmware/vmware_settings.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VmwareSettingsTest : public ::testing::Test {
 protected:
  /// A configuration whose store [cloud] has these lines after those that it needs.
  std::unique_ptr<config::Config> config_of(
      const std::string& lines, const std::string& datastores = "vmware_datastores = dc1:ds1") const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << "[cloud]\nvmware_server_host = vc.example.org\nvmware_server_username = user\n"
                           "vmware_server_password = secret\n"
                        << datastores << "\n"
                        << lines << "\n[DEFAULT]\nenabled_backends = cloud:vmware\n";
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    return std::make_unique<config::Config>(search, vmware_options());
  }
  VmwareSettings read(const std::string& lines) const {
    return read_vmware_settings(*config_of(lines), "cloud");
  }
  std::vector<VmwareDatastore> datastores(const std::string& lines) const {
    return read_vmware_settings(*config_of("", lines), "cloud").datastores;
  }

  /// The one finding, which reading the options throws, too.
  static std::string fault(const config::Config& config) {
    const std::vector<config::Finding> findings = check_vmware_settings(config, "cloud");
    EXPECT_THAT(findings, SizeIs(1));
    try {
      read_vmware_settings(config, "cloud");
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
    }
    return findings.empty() ? "" : findings.front().message;
  }
  std::string fault(const std::string& lines) const { return fault(*config_of(lines)); }
  std::string datastore_fault(const std::string& text) const {
    return fault(*config_of("", "vmware_datastores = " + text));
  }

  tests::TemporaryDirectory place_;
};

TEST_F(VmwareSettingsTest, AreGlancesIfNothingElseIsSet) {
  const VmwareSettings settings = read("");

  EXPECT_EQ(origin_of(settings.server), "https://vc.example.org");
  EXPECT_EQ(settings.location_host, "vc.example.org");
  EXPECT_EQ(settings.folder, "openstack_glance");
  EXPECT_THAT(settings.datastores, ElementsAre(VmwareDatastore{"dc1", "ds1", 0}));
  EXPECT_EQ(settings.patience.attempts, 11u);
  EXPECT_EQ(settings.poll_interval, std::chrono::seconds(5));
  EXPECT_TRUE(settings.client.verifies_peers);
  EXPECT_THAT(check_vmware_settings(*config_of(""), "cloud"), IsEmpty());
}

TEST_F(VmwareSettingsTest, NameTheServerByHostAndMaybePort) {
  EXPECT_EQ(origin_of(read("vmware_server_host = vc:8443").server), "https://vc:8443");
  for (const char* host : {"fd00::1", "[fd00::1]"}) {
    const VmwareSettings settings = read(std::string("vmware_server_host = ") + host);
    EXPECT_EQ(origin_of(settings.server), "https://[fd00::1]");
    EXPECT_EQ(settings.location_host, "[fd00::1]");
  }
  for (const char* host : {"https://vc", "vc/sdk", "user@vc", "vc:0x50", "a b"}) {
    EXPECT_THAT(fault(std::string("vmware_server_host = ") + host), HasSubstr("vmware_server_host")) << host;
  }
}

TEST_F(VmwareSettingsTest, SplitDatastoresAtTheirLastTwoColons) {
  EXPECT_THAT(datastores("vmware_datastores = dc1:ds1:100\nvmware_datastores = /region/dc2 : ds 2 : -5\n"
                         "vmware_datastores = odd:dc:ds3:+7\nvmware_datastores = dc4:ds4:"),
              ElementsAre(VmwareDatastore{"dc1", "ds1", 100}, VmwareDatastore{"/region/dc2", "ds 2", -5},
                          VmwareDatastore{"odd:dc", "ds3", 7}, VmwareDatastore{"dc4", "ds4", 0}));
}

TEST_F(VmwareSettingsTest, RefuseWhatNamesNoDatastore) {
  for (const char* text : {"ds1", ":ds1", "dc1:", ":", "dc1::5"}) {
    EXPECT_THAT(datastore_fault(text), HasSubstr("write datacenter:datastore")) << text;
  }
  for (const char* text : {"dc1:ds1:heavy", "dc1:ds1:1.5", "dc1:ds1:99999999999999999999"}) {
    EXPECT_THAT(datastore_fault(text), HasSubstr("weight")) << text;
  }
}

TEST_F(VmwareSettingsTest, TakeTheFolderWithoutItsOuterSlashes) {
  EXPECT_EQ(read("vmware_store_image_dir = /a/b c/").folder, "a/b c");
  for (const char* folder : {"/", "..", "/a/../b", "a//b"}) {
    EXPECT_THAT(fault(std::string("vmware_store_image_dir = ") + folder), HasSubstr("vmware_store_image_dir"))
        << folder;
  }
}

TEST_F(VmwareSettingsTest, TrustByAuthoritiesOrThumbprintOrNotAtAll) {
  const std::string file = (place_.path() / "ca.pem").string();
  std::ofstream(file) << "authority";
  const std::string sha1 = "F6:7C:C2:88:BD:E4:96:F4:83:F9:05:12:39:85:EF:D0:A1:7C:31:33";

  EXPECT_FALSE(read("vmware_insecure = true").client.verifies_peers);
  EXPECT_FALSE(read("vmware_api_insecure = true").client.verifies_peers);
  const VmwareSettings both = read("vmware_insecure = true\nvmware_ca_file = " + file);
  EXPECT_TRUE(both.client.verifies_peers);
  EXPECT_EQ(both.client.ca_file, file);
  EXPECT_EQ(read("vmware_thumbprint = " + sha1).client.fingerprint,
            "f67cc288bde496f483f905123985efd0a17c3133");
  EXPECT_EQ(read("vmware_thumbprint = " + std::string(64, 'A')).client.fingerprint, std::string(64, 'a'));
}

TEST_F(VmwareSettingsTest, RefuseTrustInWhatCannotBeChecked) {
  const std::string file = (place_.path() / "ca.pem").string();
  std::ofstream(file) << "authority";

  EXPECT_THAT(fault("vmware_ca_file = /nowhere.pem"), HasSubstr("vmware_ca_file"));
  EXPECT_THAT(fault("vmware_thumbprint = F6:7C"), HasSubstr("SHA-256"));
  EXPECT_THAT(fault("vmware_thumbprint = " + std::string(40, 'g')), HasSubstr("SHA-256"));
  EXPECT_THAT(fault("vmware_thumbprint = " + std::string(40, 'a') + "\nvmware_ca_file = " + file),
              HasSubstr("beside vmware_ca_file"));
}

TEST_F(VmwareSettingsTest, TellWhatTheLocationsOfTheStoreStartWith) {
  EXPECT_THAT(vmware_uri_prefixes(*config_of("vmware_store_image_dir = /a/b"), "cloud"),
              ElementsAre("vsphere://vc.example.org/folder/a/b/"));
}

}  // namespace
}  // namespace vitrine::stores
