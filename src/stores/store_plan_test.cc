#include "stores/store_plan.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <ostream>

#include "stores/options.h"
#include "stores/store_config.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

namespace fs = std::filesystem;
using config::Finding;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StorePlanTest : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return place_.path() / name; }

  /// A configuration with this text, in which @ stands for the test's directory.
  std::unique_ptr<config::Config> config_of(std::string text) const {
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at)) {
      text.replace(at, 1, place_.path().string());
    }
    const fs::path file = path("test.conf");
    std::ofstream(file) << text;
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    return std::make_unique<config::Config>(search, options());
  }

  /// What is wrong, as "line: message".
  std::vector<std::string> faults(const std::string& text) const {
    const auto config = config_of(text);
    config->require_valid();
    std::vector<std::string> result;
    for (const Finding& finding : check_stores(*config)) {
      result.push_back(std::to_string(finding.line) + ": " + finding.message);
    }
    return result;
  }

  tests::TemporaryDirectory place_;
};

/// The first lines of a configuration whose reserved stores are out of the way: five of them.
const std::string reserved =
    "[os_glance_staging_store]\nfilesystem_store_datadir = @/staging\n"
    "[os_glance_tasks_store]\nfilesystem_store_datadir = @/tasks\n[DEFAULT]\n";

/// As above, and two file stores of which `fast` is the default.
std::string two_files(const std::string& fast, const std::string& cheap) {
  return reserved + "enabled_backends = fast:file, cheap:file\n[glance_store]\ndefault_backend = fast\n" +
         "[fast]\nfilesystem_store_datadir = " + fast + "\n[cheap]\nfilesystem_store_datadir = " + cheap +
         "\n";
}

TEST_F(StorePlanTest, TakesTheStoresInTheOrderOfTheConfiguration) {
  const auto config = config_of(two_files("@/fast", "@/cheap"));

  const StorePlans plans = plan_stores(*config);

  EXPECT_THAT(plans.findings, IsEmpty());
  EXPECT_EQ(plans.mode, StoreMode::several);
  ASSERT_EQ(plans.stores.size(), 2u);
  EXPECT_EQ(plans.stores[0].id, "fast");
  EXPECT_EQ(plans.stores[1].id, "cheap");
  EXPECT_EQ(plans.stores[1].type->name, "file");
  EXPECT_EQ(plans.default_id, "fast");
  EXPECT_THAT(check_stores(*config), IsEmpty());
}

TEST_F(StorePlanTest, GivesTheReservedStoresTheDirectoriesOfTheirGroups) {
  const StorePlans plans = plan_stores(*config_of(two_files("@/fast", "@/cheap")));

  ASSERT_EQ(plans.reserved.size(), 2u);
  EXPECT_EQ(plans.reserved[0].id, staging_store_id);
  EXPECT_EQ(plans.reserved[0].directory, path("staging").string());
  EXPECT_EQ(plans.reserved[1].id, tasks_store_id);
  EXPECT_EQ(plans.reserved[1].directory, path("tasks").string());
}

TEST_F(StorePlanTest, GivesTheReservedStoresDirectoriesOfTheirOwnWhateverTheOthersHaveByDefault) {
  const StorePlans plans = plan_stores(
      *config_of("[DEFAULT]\nenabled_backends = a:file\n[glance_store]\ndefault_backend = a\n[a]\n"
                 "[backend_defaults]\nfilesystem_store_datadir = @/all\n"));

  ASSERT_EQ(plans.reserved.size(), 2u);
  EXPECT_EQ(plans.reserved[0].directory, "/var/lib/glance/os_glance_staging_store");
  EXPECT_EQ(plans.reserved[1].directory, "/var/lib/glance/os_glance_tasks_store");
}

TEST_F(StorePlanTest, TakesTheDirectoriesOfAServiceWithOneStoreOfEachType) {
  const StorePlans plans =
      plan_stores(*config_of("[glance_store]\nstores = file\nfilesystem_store_datadir = @/images\n[DEFAULT]\n"
                             "node_staging_uri = file://@/staging\n[task]\nwork_dir = @/work\n"));

  EXPECT_EQ(plans.mode, StoreMode::single);
  ASSERT_EQ(plans.reserved.size(), 2u);
  EXPECT_EQ(plans.reserved[0].directory, path("staging").string());
  EXPECT_EQ(plans.reserved[1].directory, path("work").string());
}

struct Refused {
  std::string what;
  std::string text;   ///< of the configuration, behind `reserved`
  std::string fault;  ///< part of the message, with its line in front
};

std::ostream& operator<<(std::ostream& out, const Refused& refused) {
  return out << refused.what;
}

class RefusedStores : public StorePlanTest, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedStores, AreAnErrorThatSaysWhereAndWhatToDo) {
  EXPECT_THAT(faults(reserved + GetParam().text), ElementsAre(HasSubstr(GetParam().fault)));
}

const std::string fast_section = "[fast]\nfilesystem_store_datadir = @/fast\n";
const std::string fast_default = "[glance_store]\ndefault_backend = fast\n";
const std::string s3_section =
    "s3_store_host = https://s3.example.org/\ns3_store_access_key = k\ns3_store_secret_key = s\n"
    "s3_store_bucket = images\n";

const Refused refused_stores[] = {
    {"a reserved prefix", "enabled_backends = fast:file, os_glance_mine:file\n" + fast_default + fast_section,
     "6: [DEFAULT] enabled_backends: ids that start with os_glance_ are reserved. Choose another one"},
    {"a reserved store",
     "enabled_backends = fast:file, os_glance_tasks_store:file\n" + fast_default + fast_section,
     "6: [DEFAULT] enabled_backends: os_glance_tasks_store is the service's own store"},
    {"an unknown type", "enabled_backends = fast:file, tape:lto\n" + fast_default + fast_section,
     "store tape has the unknown type 'lto'. Types are cinder, file, http, rbd, s3, swift, vmware."},
    {"no section",
     "enabled_backends = fast:file, cheap:file\n" + fast_default + fast_section +
         "[backend_defaults]\nfilesystem_store_datadir = @/all\n",
     "6: [DEFAULT] enabled_backends: store cheap has no section. Write [cheap] with the options"},
    {"no default", "enabled_backends = fast:file\n" + fast_section,
     "[glance_store] default_backend: it is not set. Set it to the store for new data, one of fast."},
    {"an unknown default",
     "enabled_backends = fast:file\n" + fast_section + "[glance_store]\ndefault_backend = slow\n",
     "10: [glance_store] default_backend: slow is not in enabled_backends. Set it to one of fast."},
    {"a relative directory of a reserved store",
     "enabled_backends = fast:file\n" + fast_default + fast_section +
         "[os_glance_tasks_store]\nfilesystem_store_datadir = tasks\n",
     "12: [os_glance_tasks_store] filesystem_store_datadir must be an absolute path."},
};

INSTANTIATE_TEST_SUITE_P(AllOfThem, RefusedStores, ::testing::ValuesIn(refused_stores));

TEST_F(StorePlanTest, RefusesADefaultThatTakesNoData) {
  EXPECT_THAT(faults(reserved + "enabled_backends = web:http, fast:file\n" + fast_section +
                     "[web]\n[glance_store]\ndefault_backend = web\n"),
              Contains(HasSubstr("stores of type http take no data. Set it to a store of another type.")));
  EXPECT_THAT(faults("[glance_store]\nstores = file, http\ndefault_store = http\n"),
              Contains(HasSubstr("stores of type http take no data.")));
}

TEST_F(StorePlanTest, RefusesAStagingUriThatIsNoDirectory) {
  EXPECT_THAT(faults("[DEFAULT]\nnode_staging_uri = rbd://staging\n[glance_store]\nstores = file\n"),
              ElementsAre(HasSubstr("2: [DEFAULT] node_staging_uri: write file:// and an absolute path")));
}

TEST_F(StorePlanTest, ListsTheMissingOptionsOfEachType) {
  EXPECT_THAT(faults(reserved + "enabled_backends = fast:file, s:s3, w:swift, v:vmware\n" + fast_default +
                     fast_section + "[s]\ns3_store_bucket = b\n[w]\n[v]\n"),
              AllOf(Contains(HasSubstr("[s] A store of type s3 needs s3_store_host, s3_store_access_key, "
                                       "s3_store_secret_key.")),
                    Contains(HasSubstr("needs swift_store_auth_address, swift_store_user, swift_store_key.")),
                    Contains(HasSubstr("needs vmware_server_host, vmware_server_username, "
                                       "vmware_server_password.")),
                    Contains(HasSubstr("[v] A store of type vmware needs vmware_datastores."))));
}

TEST_F(StorePlanTest, ReportsEverythingAtOnce) {
  EXPECT_THAT(faults("[DEFAULT]\nenabled_backends = a:lto, os_glance_b:file, c:file, d:file\n"
                     "[d]\nfilesystem_store_datadir = relative\n"),
              AllOf(Contains(HasSubstr("unknown type")), Contains(HasSubstr("are reserved")),
                    Contains(HasSubstr("c has no section")), Contains(HasSubstr("not an absolute path")),
                    Contains(HasSubstr("default_backend: it is not set"))));
}

TEST_F(StorePlanTest, NeverShowsASecret) {
  for (const std::string& fault :
       faults(reserved + "enabled_backends = s:s3, t:s3, w:swift, x:swift\n[s]\n" + s3_section + "[t]\n" +
              s3_section + "[w]\n[x]\n[backend_defaults]\nswift_store_user = project:hunter2\n" +
              "swift_store_key = hunter3\nswift_store_auth_address = http://k\n")) {
    EXPECT_THAT(fault, AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("hunter3"))));
  }
}

// Stores that would share their data.

TEST_F(StorePlanTest, RefusesTwoFileStoresInOneDirectory) {
  EXPECT_THAT(faults(two_files("@/images", "@/images/")),
              ElementsAre(AllOf(HasSubstr("12: Stores fast and cheap share a place"),
                                HasSubstr("the directory " + path("images").string()))));
}

TEST_F(StorePlanTest, RefusesAStoreInsideAnother) {
  EXPECT_THAT(faults(two_files("@/images", "@/images/cheap")), ElementsAre(HasSubstr("share a place")));
  EXPECT_THAT(faults(two_files("@/images/a/b/fast", "@/images")), ElementsAre(HasSubstr("share a place")));
  EXPECT_THAT(faults(two_files("@/images", "@/images2")), IsEmpty());
}

TEST_F(StorePlanTest, SeesThroughLinks) {
  fs::create_directories(path("real/inner"));
  fs::create_directory_symlink(path("real"), path("link"));

  EXPECT_THAT(faults(two_files("@/real", "@/link")), ElementsAre(HasSubstr("share a place")));
  EXPECT_THAT(faults(two_files("@/link/new", "@/real")), ElementsAre(HasSubstr("share a place")));
  EXPECT_THAT(faults(two_files("@/link/inner/x", "@/real/inner")), ElementsAre(HasSubstr("share a place")));
  EXPECT_THAT(faults(two_files("@/link/x", "@/real/y")), IsEmpty());
}

TEST_F(StorePlanTest, RefusesAnyOfSeveralDirectories) {
  EXPECT_THAT(faults(reserved + "enabled_backends = fast:file, cheap:file\n" + fast_default + fast_section +
                     "[cheap]\nfilesystem_store_datadir =\nfilesystem_store_datadirs = @/other:5\n"
                     "filesystem_store_datadirs = @/fast/deep:7\n"),
              ElementsAre(HasSubstr("share a place")));
}

TEST_F(StorePlanTest, RefusesAFileStoreInTheWayOfAReservedOne) {
  EXPECT_THAT(faults(two_files("@/staging", "@/cheap")),
              ElementsAre(HasSubstr("2: Stores fast and os_glance_staging_store share a place")));
  EXPECT_THAT(faults(two_files("@", "@/../elsewhere")), Not(IsEmpty()));
  EXPECT_THAT(faults("[DEFAULT]\nnode_staging_uri = file://@/images/staging/\n[glance_store]\nstores = file\n"
                     "filesystem_store_datadir = @/images\n"),
              ElementsAre(HasSubstr("2: Stores file and os_glance_staging_store share a place")));
}

TEST_F(StorePlanTest, RefusesReservedStoresInOneDirectory) {
  EXPECT_THAT(faults("[os_glance_staging_store]\nfilesystem_store_datadir = @/both\n"
                     "[os_glance_tasks_store]\nfilesystem_store_datadir = @/both\n[DEFAULT]\n"
                     "enabled_backends = fast:file\n" +
                     fast_default + fast_section),
              ElementsAre(HasSubstr("os_glance_staging_store and os_glance_tasks_store share a place")));
}

TEST_F(StorePlanTest, RefusesASecondHttpStore) {
  EXPECT_THAT(faults(reserved + "enabled_backends = fast:file, one:http, two:http\n" + fast_default +
                     fast_section + "[one]\n[two]\n"),
              Contains(HasSubstr("Stores one and two share a place: all addresses that start with http")));
}

/// Two stores of a type, whose sections are these.
std::string pair_of(const std::string& type, const std::string& a, const std::string& b) {
  return reserved + "enabled_backends = fast:file, a:" + type + ", b:" + type + "\n" + fast_default +
         fast_section + "[a]\n" + a + "[b]\n" + b;
}

const auto shares = Contains(HasSubstr("Stores a and b share a place"));

TEST_F(StorePlanTest, RefusesTwoRbdStoresInOnePool) {
  std::ofstream(path("one.conf")) << "[global]\n  fsid = 11\n  mon host = m1\n[client]\nfsid = 99\n";
  std::ofstream(path("same.conf")) << "[global]\nmon-host = elsewhere\nfsid=11 # the same\n";
  std::ofstream(path("monitors.conf")) << "[global]\nmon_host = m1\n";
  std::ofstream(path("other.conf")) << "[global]\nfsid = 22\n[client]\nfsid = 11\n";
  const auto conf = [](const std::string& name) { return "rbd_store_ceph_conf = @/" + name + "\n"; };

  EXPECT_THAT(faults(pair_of("rbd", "", "")), shares);
  EXPECT_THAT(faults(pair_of("rbd", conf("one.conf"), conf("one.conf"))), shares);
  EXPECT_THAT(faults(pair_of("rbd", conf("one.conf"), conf("same.conf"))), shares);
  EXPECT_THAT(faults(pair_of("rbd", conf("one.conf"), conf("monitors.conf"))), shares);
  EXPECT_THAT(faults(pair_of("rbd", conf("one.conf"), conf("other.conf"))), Not(shares));
  EXPECT_THAT(faults(pair_of("rbd", "", "rbd_store_pool = cold\n")), Not(shares));
}

TEST_F(StorePlanTest, RefusesTwoS3StoresInOneBucket) {
  const std::string same_host = "s3_store_host = HTTP://S3.example.org\n";

  EXPECT_THAT(faults(pair_of("s3", s3_section, s3_section)), shares);
  EXPECT_THAT(faults(pair_of("s3", s3_section, s3_section + same_host)), shares);
  EXPECT_THAT(faults(pair_of("s3", s3_section, s3_section + "s3_store_bucket = cold\n")), Not(shares));
}

TEST_F(StorePlanTest, RefusesTwoSwiftStoresInOneContainer) {
  const std::string account =
      "swift_store_auth_address = http://Keystone/v3\nswift_store_user = p:u\nswift_store_key = k\n";
  const std::string same = "swift_store_config_file = @/accounts.conf\n";
  std::ofstream(path("accounts.conf"))
      << "[ref1]\nauth_address = 'http://keystone/v3/'\nuser = \"p:u\"\nkey = k\n";

  EXPECT_THAT(faults(pair_of("swift", account, account)), shares);
  EXPECT_THAT(faults(pair_of("swift", account, same)), shares);
  EXPECT_THAT(faults(pair_of("swift", account, account + "swift_store_container = cold\n")), Not(shares));
  EXPECT_THAT(faults(pair_of("swift", account, account + "swift_store_user = other:u\n")), Not(shares));
  EXPECT_THAT(faults(pair_of("swift", "swift_store_config_file = @/none.conf\n", account)),
              Contains(HasSubstr("there is no such file, or it has no section [ref1]")));
}

TEST_F(StorePlanTest, RefusesTwoVmwareStoresInOneFolder) {
  const std::string server =
      "vmware_server_host = VC\nvmware_server_username = u\nvmware_server_password = p\n"
      "vmware_datastores = dc:ds1:100\n";
  const std::string again =
      "vmware_server_host = vc\nvmware_server_username = u\nvmware_server_password = p\n"
      "vmware_datastores = dc:ds2\nvmware_datastores = dc:ds1\n";

  EXPECT_THAT(faults(pair_of("vmware", server, again)), shares);
  EXPECT_THAT(faults(pair_of("vmware", server, again + "vmware_store_image_dir = openstack_glance/\n")),
              shares);
  EXPECT_THAT(faults(pair_of("vmware", server, again + "vmware_store_image_dir = /cold\n")), Not(shares));
}

}  // namespace
}  // namespace vitrine::stores
