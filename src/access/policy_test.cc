#include "access/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "access/options.h"
#include "base/error.h"
#include "config/test_directory.h"

namespace vitrine::access {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view nobody = "get_image: '!'\n";
constexpr std::string_view everybody = "get_image: '@'\n";

/// A configuration in a directory of its own, without the refusal of policy files counted.
class PolicyOfFiles : public testing::Test {
 protected:
  const config::Config& configure(std::string_view text = "") {
    config_ = std::make_unique<config::Config>(directory_.only(text), options());
    return *config_;
  }

  void remove(const char* name) const { std::filesystem::remove_all(directory_.path() / name); }

  static bool lets_anybody_see(const PolicyRules& rules) {
    return rules.allow("get_image", Credentials(model::Caller{}), TextTarget());
  }

  std::vector<std::string> findings(std::string_view text = "") {
    return config::lines_of(read_policy(configure(text)).findings, directory_);
  }

  config::TestDirectory directory_;
  std::unique_ptr<config::Config> config_;
};

TEST_F(PolicyOfFiles, IsTheDefaultsWithoutAny) {
  Policy policy(configure());

  EXPECT_FALSE(lets_anybody_see(*policy.snapshot()));
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(PolicyOfFiles, IsFoundBesideTheConfiguration) {
  directory_.write("policy.yaml", everybody);

  EXPECT_TRUE(lets_anybody_see(*Policy(configure()).snapshot()));
}

TEST_F(PolicyOfFiles, HasTheNameThatTheConfigurationSays) {
  const auto path = directory_.write("elsewhere/mine.json", "{\"get_image\": \"@\"}");

  EXPECT_TRUE(lets_anybody_see(
      *Policy(configure("[oslo_policy]\npolicy_file = " + path.string() + "\n")).snapshot()));
}

TEST_F(PolicyOfFiles, CountsDirectoriesAfterTheFileAndTheirFilesInOrder) {
  directory_.write("policy.yaml", nobody);
  directory_.write("policy.d/20", everybody);
  directory_.write("policy.d/10", nobody);
  directory_.write("policy.d/.30", nobody);
  directory_.write("policy.d/inner/40", nobody);

  EXPECT_TRUE(lets_anybody_see(*Policy(configure()).snapshot()));
}

TEST_F(PolicyOfFiles, ReadsEveryDirectoryThatIsNamed) {
  directory_.write("one/a", nobody);
  directory_.write("two/a", everybody);

  EXPECT_TRUE(lets_anybody_see(
      *Policy(configure("[oslo_policy]\npolicy_dirs = one\npolicy_dirs = two\n")).snapshot()));
}

TEST_F(PolicyOfFiles, AppliesTheOlderDefaultsAndAnotherDefaultRule) {
  EXPECT_TRUE(
      lets_anybody_see(*Policy(configure("[oslo_policy]\nenforce_new_defaults = false\n")).snapshot()));

  directory_.write("policy.yaml", "mine: '!'\nget_image: rule:no_such\n");
  EXPECT_FALSE(
      lets_anybody_see(*Policy(configure("[oslo_policy]\npolicy_default_rule = mine\n")).snapshot()));
}

TEST_F(PolicyOfFiles, AsksPolicyServersInTheFormatOfTheConfiguration) {
  directory_.write("policy.yaml", "get_image: http://policy/\n");
  std::string type;
  Policy policy(configure("[oslo_policy]\nremote_content_type = application/json\n"),
                [&](const RemoteQuestion& question) {
                  type = question.content_type;
                  return "True";
                });

  EXPECT_TRUE(lets_anybody_see(*policy.snapshot()));
  EXPECT_EQ(type, "application/json");
}

TEST_F(PolicyOfFiles, IsRefusedWithEveryFault) {
  directory_.write("policy.yaml", "a: role:x or\n");
  directory_.write("policy.d/more", "b: '@'\nb: '!'\n");

  EXPECT_THAT([&] { Policy{configure()}; },
              testing::ThrowsMessage<Error>(AllOf(HasSubstr("policy.yaml:1: error: a: It ends"),
                                                  HasSubstr("policy.d/more:2: error: b stands"))));
}

TEST_F(PolicyOfFiles, SaysWhatCannotBeRead) {
  std::filesystem::create_directories(directory_.path() / "policy.yaml");

  EXPECT_THAT(findings(), ElementsAre("policy.yaml: error: The policy file cannot be read."));
}

TEST_F(PolicyOfFiles, WarnsOfNamesInTheConfigurationThatAreNowhere) {
  EXPECT_THAT(findings("[oslo_policy]\npolicy_dirs = none\npolicy_file = mine.yaml\n"),
              ElementsAre("test.conf:3: warning: [oslo_policy] policy_file: there is no mine.yaml.",
                          "test.conf:2: warning: [oslo_policy] policy_dirs: there is no none."));
}

class PolicyOfARunningService : public PolicyOfFiles {
 protected:
  bool lets_anybody_see_now() { return lets_anybody_see(*policy_.snapshot()); }

  Policy policy_{configure()};
};

TEST_F(PolicyOfARunningService, ChangesWithTheNextSnapshot) {
  directory_.write("policy.yaml", everybody);
  EXPECT_TRUE(lets_anybody_see_now());

  directory_.write("policy.yaml", "# closed again\n" + std::string(nobody));
  EXPECT_FALSE(lets_anybody_see_now());

  directory_.write("policy.d/more", everybody);
  EXPECT_TRUE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, SeesChangesThatLeaveTheSizeAsItIs) {
  for (int i = 0; i < 20; ++i) {
    directory_.write("policy.yaml", everybody);
    EXPECT_TRUE(lets_anybody_see_now());
    directory_.write("policy.yaml", nobody);
    EXPECT_FALSE(lets_anybody_see_now());
  }
}

TEST_F(PolicyOfARunningService, LeavesASnapshotAsItIs) {
  const auto before = policy_.snapshot();
  directory_.write("policy.yaml", everybody);

  EXPECT_FALSE(lets_anybody_see(*before));
  EXPECT_TRUE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, KeepsTheRulesWhileNothingChanges) {
  directory_.write("policy.yaml", everybody);

  EXPECT_EQ(policy_.snapshot(), policy_.snapshot());
}

TEST_F(PolicyOfARunningService, FallsBackToTheDefaultOfARuleThatIsGone) {
  directory_.write("policy.yaml", everybody);
  ASSERT_TRUE(lets_anybody_see_now());

  directory_.write("policy.yaml", "get_images: '@'\n");
  EXPECT_FALSE(lets_anybody_see_now());

  directory_.write("policy.d/more", everybody);
  ASSERT_TRUE(lets_anybody_see_now());
  remove("policy.d");
  EXPECT_FALSE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, TakesAFileThatIsPutBeforeTheOneInUse) {
  directory_.write(".glance/policy.yaml", everybody);
  ASSERT_TRUE(lets_anybody_see_now());

  directory_.write("policy.yaml", nobody);

  EXPECT_FALSE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, TakesAFileInADirectoryThatComesLater) {
  ASSERT_FALSE(lets_anybody_see_now());

  directory_.write(".glance/policy.d/more", everybody);

  EXPECT_TRUE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, TakesAFileThatALinkIsWaitingFor) {
  const std::filesystem::path elsewhere = directory_.path() / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  std::filesystem::create_symlink(elsewhere / "rules", directory_.path() / "policy.yaml");
  ASSERT_FALSE(lets_anybody_see_now());

  directory_.write("elsewhere/rules", everybody);

  EXPECT_TRUE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, FollowsALinkThatIsPutElsewhere) {
  directory_.write("first/policy.yaml", nobody);
  directory_.write("second/policy.yaml", everybody);
  std::filesystem::create_directory_symlink("first", directory_.path() / "current");
  std::filesystem::create_symlink("current/policy.yaml", directory_.path() / "policy.yaml");
  ASSERT_FALSE(lets_anybody_see_now());

  std::filesystem::create_directory_symlink("second", directory_.path() / "next");
  std::filesystem::rename(directory_.path() / "next", directory_.path() / "current");

  EXPECT_TRUE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, KeepsTheLastGoodRulesWhileAFileIsBroken) {
  directory_.write("policy.yaml", everybody);
  ASSERT_TRUE(lets_anybody_see_now());

  for (const char* broken : {"get_image: [\n", "- x\n", "get_image: admin or\n", "a: '!'\na: '!'\n"}) {
    directory_.write("policy.yaml", broken);
    EXPECT_TRUE(lets_anybody_see_now()) << broken;
  }

  directory_.write("policy.yaml", nobody);
  EXPECT_FALSE(lets_anybody_see_now());
}

TEST_F(PolicyOfARunningService, ReportsABrokenFileOnce) {
  directory_.write("policy.yaml", "get_image: [\n");

  testing::internal::CaptureStderr();
  policy_.snapshot();
  const std::string first = testing::internal::GetCapturedStderr();
  testing::internal::CaptureStderr();
  policy_.snapshot();
  const std::string second = testing::internal::GetCapturedStderr();

  EXPECT_THAT(first, HasSubstr("policy.yaml:"));
  EXPECT_EQ(second, "");
}

TEST_F(PolicyOfARunningService, ServesManyThreadsWhileFilesChange) {
  std::atomic<bool> is_over = false;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!is_over) EXPECT_NE(policy_.snapshot(), nullptr);
    });
  }

  for (int i = 0; i < 20; ++i) {
    directory_.write("policy.yaml", std::string(static_cast<std::size_t>(i), '#') + "\n" +
                                        std::string(i % 2 == 0 ? everybody : nobody));
    EXPECT_EQ(lets_anybody_see_now(), i % 2 == 0);
  }
  is_over = true;
}

}  // namespace
}  // namespace vitrine::access
