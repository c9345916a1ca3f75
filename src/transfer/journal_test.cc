#include "transfer/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::transfer {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class JournalTest : public ::testing::Test {
 protected:
  static ErrorCode code_of_opening(const fs::path& directory) {
    try {
      Journal journal(directory);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorCode::internal;
  }

  void write_file(const std::string& name, const std::string& text) {
    fs::create_directories(directory_);
    std::ofstream(directory_ / name) << text;
  }

  const JournalEntry first_{"t1", "image-1", "fast", "image-1"};
  const JournalEntry second_{"t2", "image-2", "a \"store\"\n", "blob ü", 42};
  const tests::TemporaryDirectory root_;
  const fs::path directory_ = root_.path() / "state" / "journal";
};

TEST_F(JournalTest, IsEmptyWhenNew) {
  EXPECT_THAT(Journal(directory_).entries(), IsEmpty());
}

TEST_F(JournalTest, AnEntryNeedNotNameARow) {
  write_file("t1", R"({"transfer_id":"t1","image_id":"image-1","store_id":"fast","blob_name":"image-1"})");

  EXPECT_THAT(Journal(directory_).entries(), ElementsAre(first_));
}

TEST_F(JournalTest, EntriesSurviveTheObjectThatAddedThem) {
  {
    Journal journal(directory_);
    journal.add(first_);
    journal.add(second_);
  }

  EXPECT_THAT(Journal(directory_).entries(), UnorderedElementsAre(first_, second_));
}

TEST_F(JournalTest, EntriesSurviveAKilledProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    Journal journal(directory_);
    journal.add(first_);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);

  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_THAT(Journal(directory_).entries(), ElementsAre(first_));
}

TEST_F(JournalTest, AClearedEntryIsGone) {
  {
    Journal journal(directory_);
    journal.add(first_);
    journal.add(second_);
    journal.clear("t1");
  }

  EXPECT_THAT(Journal(directory_).entries(), ElementsAre(second_));
}

TEST_F(JournalTest, ClearingAnUnknownEntryIsFine) {
  Journal journal(directory_);
  journal.add(first_);

  journal.clear("t9");

  EXPECT_THAT(journal.entries(), ElementsAre(first_));
}

TEST_F(JournalTest, LeavesNothingButTheLockWhenAllIsCleared) {
  Journal journal(directory_);
  journal.add(first_);
  journal.clear("t1");

  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(directory_)) names.push_back(file.path().filename());

  EXPECT_THAT(names, ElementsAre(".lock"));
}

TEST_F(JournalTest, AnEntryThatCannotBeReadIsPassedOverAndKept) {
  write_file("t3", "{\"transfer_id\": \"t3\", \"image_id\"");
  write_file("t4", "{\"transfer_id\": \"t4\"}");
  write_file("t5", R"({"transfer_id":"other","image_id":"i","store_id":"s","blob_name":"b"})");
  Journal journal(directory_);
  journal.add(first_);

  EXPECT_THAT(journal.entries(), ElementsAre(first_));
  EXPECT_TRUE(fs::exists(directory_ / "t3"));
}

TEST_F(JournalTest, AnEntryThatWasNotFinishedIsRemoved) {
  write_file("t3.new", "{\"transfer_id\"");

  const Journal journal(directory_);

  EXPECT_THAT(journal.entries(), IsEmpty());
  EXPECT_FALSE(fs::exists(directory_ / "t3.new"));
}

TEST_F(JournalTest, AFailedAddLeavesNothing) {
  Journal journal(directory_);
  fs::create_directories(directory_ / "t1" / "in the way");

  EXPECT_THROW(journal.add(first_), Error);

  EXPECT_FALSE(fs::exists(directory_ / "t1.new"));
}

TEST_F(JournalTest, TwoAtOnceInOneDirectoryAreRefused) {
  const Journal journal(directory_);

  EXPECT_EQ(code_of_opening(directory_), ErrorCode::configuration);
}

TEST_F(JournalTest, TheDirectoryIsFreeAgainAfterwards) {
  { const Journal journal(directory_); }

  EXPECT_NO_THROW(Journal{directory_});
}

TEST_F(JournalTest, ADirectoryThatCannotBeMadeIsAnErrorOfTheConfiguration) {
  std::ofstream(root_.path() / "state") << "a file in the way";

  EXPECT_EQ(code_of_opening(directory_), ErrorCode::configuration);
}

TEST_F(JournalTest, ThreadsMayShareIt) {
  Journal journal(directory_);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          const std::string id = std::to_string(t) + "-" + std::to_string(i);
          journal.add({id, "image", "store", "blob"});
          if (i % 2 == 0) journal.clear(id);
        }
      });
    }
  }

  EXPECT_EQ(journal.entries().size(), 20u);
}

}  // namespace
}  // namespace vitrine::transfer
