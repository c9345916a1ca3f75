#include "access/pipeline_choice.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "access/options.h"

namespace vitrine::access {
namespace {

class PipelineChoice : public testing::Test {
 protected:
  PipelineChoice() { std::filesystem::create_directories(directory_); }
  ~PipelineChoice() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
  }

  std::vector<config::Finding> check(const std::string& config_text) const {
    // Named so that no paste file of the machine belongs to it.
    write("pipeline-choice.conf", config_text);
    const config::Config config(
        {.sources = {{config::Source::Kind::file, directory_ / "pipeline-choice.conf"}}}, options());
    return check_pipeline(config);
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("vitrine-pipeline-" + std::to_string(::getpid()));
};

TEST_F(PipelineChoice, TheDefaultNeedsNoIdentity) {
  EXPECT_TRUE(check("[DEFAULT]\n").empty());
}

TEST_F(PipelineChoice, AFlavorWithKeystoneIsRefusedByName) {
  const auto findings = check("[paste_deploy]\nflavor = keystone\n");

  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_NE(findings[0].message.find("flavor = keystone"), std::string::npos);
  EXPECT_NE(findings[0].message.find("Keystone"), std::string::npos);
}

TEST_F(PipelineChoice, AnUnknownFlavorIsRefused) {
  EXPECT_EQ(check("[paste_deploy]\nflavor = kestone\n").size(), 1u);
}

TEST_F(PipelineChoice, APasteFileThatGuardsTheDefaultPipelineIsRefused) {
  write("pipeline-choice-paste.ini", "[pipeline:glance-api]\npipeline = cors authtoken context rootapp\n");

  const auto findings = check("[DEFAULT]\n");

  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_NE(findings[0].message.find("'authtoken'"), std::string::npos);
}

TEST_F(PipelineChoice, TheShippedLayoutIsFollowedThroughItsComposite) {
  write(
      "pipeline-choice-paste.ini",
      "[composite:glance-api]\npaste.composite_factory = glance.api:root_app_factory\n/: api\n/healthcheck: "
      "healthcheck\n[pipeline:api]\npipeline = cors http_proxy_to_wsgi versionnegotiation osprofiler "
      "unauthenticated-context rootapp\n");

  EXPECT_TRUE(check("[DEFAULT]\n").empty());
}

TEST_F(PipelineChoice, AnUnknownFilterIsRefusedAsItMightGuardSomething) {
  write("pipeline-choice-paste.ini",
        "[pipeline:glance-api]\npipeline = mysecurity unauthenticated-context rootapp\n");

  const auto findings = check("[DEFAULT]\n");

  ASSERT_EQ(findings.size(), 1u);
  EXPECT_NE(findings[0].message.find("'mysecurity'"), std::string::npos);
}

TEST_F(PipelineChoice, APasteFileThatIsNamedButMissingIsRefused) {
  EXPECT_EQ(check("[paste_deploy]\nconfig_file = /nowhere/paste.ini\n").size(), 1u);
}

TEST_F(PipelineChoice, APipelineThatDoesNotSayWhoCallsIsRefused) {
  write("pipeline-choice-paste.ini", "[pipeline:glance-api]\npipeline = cors rootapp\n");

  EXPECT_EQ(check("[DEFAULT]\n").size(), 1u);
}

}  // namespace
}  // namespace vitrine::access
