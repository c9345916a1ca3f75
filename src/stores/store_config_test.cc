#include "stores/store_config.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "stores/options.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using config::Finding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreConfigTest : public ::testing::Test {
 protected:
  std::filesystem::path images() const { return place_.path() / "images"; }
  std::string datadir() const {
    return "stores = file\nfilesystem_store_datadir = " + images().string() + "\n";
  }

  /// A configuration whose [glance_store] has these lines, the first being the third of the file.
  std::unique_ptr<config::Config> config_of(const std::string& lines) const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << "[glance_store]\n\n" << lines;
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    return std::make_unique<config::Config>(search, options());
  }

  std::unique_ptr<StoreSet> build(const std::string& lines) {
    return build_stores(*(config_ = config_of(lines)), metrics_);
  }

  tests::TemporaryDirectory place_;
  std::unique_ptr<config::Config> config_;
  Metrics metrics_;
};

TEST_F(StoreConfigTest, BuildsTheFileStoreThatGlanceHasByDefault) {
  const auto stores = build(datadir());

  ASSERT_EQ(stores->all().size(), 1u);
  const Store& store = stores->default_store();
  EXPECT_EQ(store.id(), "file");
  EXPECT_EQ(store.traits().type, "file");
  EXPECT_THAT(store.traits().schemes, ElementsAre("file", "filesystem"));
  EXPECT_TRUE(std::filesystem::is_directory(images()));
}

TEST_F(StoreConfigTest, TakesTypesAndSchemesByAllTheirNames) {
  const auto stores =
      build(datadir() + "stores = glance.store.filesystem.Store, file\ndefault_store = filesystem\n");

  ASSERT_EQ(stores->all().size(), 1u);
  EXPECT_EQ(stores->default_store().traits().type, "file");
}

TEST_F(StoreConfigTest, GivesTheStoreItsThreads) {
  EXPECT_EQ(build(datadir() + "store_threads = 3\n")->default_store().pool().size(), 3u);
}

TEST_F(StoreConfigTest, CountsWhatTheStoreWrites) {
  const auto stores = build(datadir());
  const StoreCall call;
  stores->default_store().driver().create(call, {"a"}, {})->write(bytes_of("12345"));

  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_written_bytes_total{store=\"file\"} 5\n"));
}

TEST_F(StoreConfigTest, RefusesADefaultStoreThatIsNotEnabled) {
  const auto config = config_of(datadir() + "default_store = s3\n");

  const std::vector<Finding> findings = check_stores(*config);

  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].severity, Finding::Severity::error);
  EXPECT_EQ(findings[0].line, 5);
  EXPECT_THROW(build_stores(*config, metrics_), Error);
}

TEST_F(StoreConfigTest, FindsEveryFaultOfAStoreWithItsLineAndTouchesNoDirectory) {
  const std::vector<Finding> findings =
      check_stores(*config_of("filesystem_store_datadir = relative\n"
                              "filesystem_store_file_perm = 48\n"
                              "filesystem_store_metadata_file = /nowhere\n" +
                              datadir()));

  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].line, 4);
  EXPECT_EQ(findings[1].line, 5);
  EXPECT_FALSE(std::filesystem::exists(images()));
}

TEST_F(StoreConfigTest, RefusesADirectoryThatCannotBeUsed) {
  try {
    build("filesystem_store_datadir = /proc/vitrine\n");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), HasSubstr("/proc/vitrine"));
  }
}

class SeveralConfiguredStores : public StoreConfigTest {
 protected:
  /// Stores `good` (the default) and `bad`, whose section has this line.
  std::unique_ptr<StoreSet> build_with(const std::string& bad, const std::string& default_id = "good") {
    const auto below = [&](const std::string& name) {
      return "filesystem_store_datadir = " + (place_.path() / name).string() + "\n";
    };
    return build("default_backend = " + default_id +
                 "\n[DEFAULT]\nenabled_backends = good:file, bad:file\n[os_glance_staging_store]\n" +
                 below("staging") + "[os_glance_tasks_store]\n" + below("tasks") + "[good]\nweight = 7\n" +
                 "store_description = On disks\n" + below("good") + "[bad]\n" + bad);
  }
};

const std::string unusable = "filesystem_store_datadir = /proc/vitrine\n";

TEST_F(SeveralConfiguredStores, KnowWhatTheirSectionsSay) {
  const auto stores = build_with("filesystem_store_datadir = " + (place_.path() / "bad").string() + "\n");

  EXPECT_TRUE(stores->has_several());
  const StoreTraits& traits = stores->find("good")->traits();
  EXPECT_EQ(traits.weight, 7);
  EXPECT_EQ(traits.description, "On disks");
  EXPECT_EQ(traits.properties, (boost::json::object{{"data_dir", (place_.path() / "good").string()},
                                                    {"chunk_size", 65536},
                                                    {"thin_provisioning", false}}));
  EXPECT_THAT(traits.uri_prefixes, testing::Contains("file://" + (place_.path() / "good").string() + "/"));
  ASSERT_TRUE(stores->reserved().staging);
  EXPECT_TRUE(std::filesystem::is_directory(place_.path() / "tasks"));
}

TEST_F(SeveralConfiguredStores, StartWithoutOneThatCannotBeUsedAndShowIt) {
  const auto stores = build_with(unusable);

  EXPECT_THAT(stores->find("bad")->trouble(), HasSubstr("/proc/vitrine"));
  EXPECT_EQ(stores->find("good")->trouble(), "");
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_up{store=\"bad\"} 0\n"));
}

TEST_F(SeveralConfiguredStores, DoNotStartWithoutTheDefault) {
  try {
    build_with(unusable, "bad");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), HasSubstr("default store bad"));
  }
}

}  // namespace
}  // namespace vitrine::stores
