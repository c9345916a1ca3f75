#include "imports/sandboxed_process.h"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::imports {
namespace {

using testing::HasSubstr;

const ProcessLimits roomy{.cpu = std::chrono::seconds{30}};

ProcessOutcome shell(const std::string& script, const ProcessLimits& limits = roomy,
                     std::stop_token stop = {}) {
  return run_sandboxed("/bin/sh", {"-c", script}, limits, stop);
}

TEST(SandboxedProcess, TellsWhatTheProgramSaidAndHowItEnded) {
  const ProcessOutcome outcome = shell("echo said; echo complained >&2; exit 7");

  EXPECT_EQ(outcome.output, "said\n");
  EXPECT_EQ(outcome.complaint, "complained\n");
  EXPECT_EQ(outcome.exit_status, 7);
}

TEST(SandboxedProcess, PassesArgumentsUntouched) {
  const auto outcome = run_sandboxed("/bin/echo", {"a b", "$HOME", "*", "'"}, roomy, {});

  EXPECT_EQ(outcome.output, "a b $HOME * '\n");
}

TEST(SandboxedProcess, HasNeitherEnvironmentNorInputNorOpenFiles) {
  EXPECT_EQ(run_sandboxed("/usr/bin/env", {}, roomy, {}).output, "");
  EXPECT_EQ(shell("cat").output, "");
  EXPECT_EQ(shell("ls /proc/self/fd | tr '\\n' ' '").output, "0 1 2 3 ")
      << "3 is the directory that ls reads";
}

TEST(SandboxedProcess, SeesNoNetworkButAnEmptyOne) {
  const std::string interfaces = shell("cat /proc/net/dev").output;
  if (shell("readlink /proc/self/ns/net").output ==
      std::filesystem::read_symlink("/proc/self/ns/net").string() + "\n") {
    GTEST_SKIP() << "the kernel of this machine lets nobody take the network away";
  }

  EXPECT_THAT(interfaces, HasSubstr("lo:"));
  EXPECT_THAT(interfaces, testing::Not(HasSubstr("eth")));
}

TEST(SandboxedProcess, EndsWhenItsTimeIsUsedUp) {
  const auto outcome = shell("while :; do :; done", {.cpu = std::chrono::seconds{1}});

  EXPECT_GT(outcome.exit_status, 128);
}

TEST(SandboxedProcess, GetsNoMoreMemoryThanItMay) {
  const ProcessLimits small{.cpu = std::chrono::seconds{30}, .address_space = 64 << 20};

  EXPECT_EQ(shell("ulimit -v", small).output, "65536\n");
  EXPECT_NE(shell("x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo got it", small).output, "got it\n");
}

TEST(SandboxedProcess, WritesNoLargerFileThanItMay) {
  const tests::TemporaryDirectory directory;
  const std::string file = (directory.path() / "file").string();

  const auto outcome =
      shell("head -c 100000 /dev/zero > " + file, {.cpu = std::chrono::seconds{30}, .file_size = 4096});

  EXPECT_NE(outcome.exit_status, 0);
  EXPECT_LE(std::filesystem::file_size(file), 4096u);
}

TEST(SandboxedProcess, KeepsOnlyTheBeginningOfWhatItSays) {
  const auto outcome = shell("head -c 5000000 /dev/zero; head -c 100000 /dev/zero >&2");

  EXPECT_EQ(outcome.output.size(), 1u << 20);
  EXPECT_EQ(outcome.complaint.size(), 4096u);
}

TEST(SandboxedProcess, EndsWithItsChildrenWhenStopIsAskedFor) {
  std::stop_source stop;
  std::jthread asker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    stop.request_stop();
  });

  EXPECT_THROW(shell("sleep 1000 & sleep 1000", roomy, stop.get_token()), Error);
}

TEST(SandboxedProcess, ThatIsNotThereIsAnError) {
  EXPECT_THROW(run_sandboxed("/nonexistent/program", {}, roomy, {}), Error);
  EXPECT_FALSE(find_program("no-such-program"));
  EXPECT_TRUE(find_program("sh"));
}

}  // namespace
}  // namespace vitrine::imports
