#include "tests/support/faulty_driver.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/memory_driver.h"

namespace vitrine::tests {
namespace {

class FaultyDriverTest : public ::testing::Test {
 protected:
  ErrorCode code_of(const std::function<void()>& body) {
    try {
      body();
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::internal;
  }

  std::unique_ptr<stores::BlobReader> open(const std::string& name) {
    return driver_.open(call_, {"memory://" + name, {}}, {});
  }

  Faults faults_;
  MemoryDriver& memory_ = *new MemoryDriver;
  FaultyDriver driver_{std::unique_ptr<stores::Driver>(&memory_), faults_};
  std::stop_source stop_;
  stores::StoreCall call_{.stop = stop_.get_token()};
  std::array<std::byte, 100> space_;
};

TEST_F(FaultyDriverTest, FailsTheCallThatWasPlannedAndNoOther) {
  faults_.fail(Operation::write, 2, Error(ErrorCode::storage_full, "full"));
  const auto writer = driver_.create(call_, {"a"}, {});

  writer->write(bytes_of("one"));
  EXPECT_EQ(code_of([&] { writer->write(bytes_of("two")); }), ErrorCode::storage_full);
  writer->write(bytes_of("three"));
  writer->commit();

  EXPECT_EQ(memory_.content("a"), "onethree");
  EXPECT_EQ(faults_.calls(Operation::write), 3u);
}

TEST_F(FaultyDriverTest, CountsFromTheMomentOfThePlan) {
  memory_.put("a", "content");
  open("a");
  faults_.fail(Operation::open, 1);

  EXPECT_EQ(code_of([&] { open("a"); }), ErrorCode::unavailable);
}

TEST_F(FaultyDriverTest, CutsAReadShortAndThenGivesNothing) {
  memory_.put("a", "12345678");
  faults_.cut_short(Operation::read, 1);
  const auto reader = open("a");

  EXPECT_EQ(reader->read(space_), 4u);
  EXPECT_EQ(reader->read(space_), 0u);
}

TEST_F(FaultyDriverTest, LetsHalfOfAWriteThatIsCutShortThrough) {
  faults_.cut_short(Operation::write, 1);
  const auto writer = driver_.create(call_, {"a"}, {});

  EXPECT_THROW(writer->write(bytes_of("12345678")), Error);
  writer->commit();

  EXPECT_EQ(memory_.content("a"), "1234");
}

TEST_F(FaultyDriverTest, CommitsInACommitThatIsCutShort) {
  faults_.cut_short(Operation::commit, 1);
  const auto writer = driver_.create(call_, {"a"}, {});

  EXPECT_THROW(writer->commit(), Error);

  EXPECT_TRUE(memory_.content("a"));
}

TEST_F(FaultyDriverTest, StallsUntilItIsReleased) {
  memory_.put("a", "content");
  faults_.stall(Operation::open, 1);
  std::unique_ptr<stores::BlobReader> reader;

  std::jthread caller([&] { reader = open("a"); });
  ASSERT_TRUE(faults_.wait_for_stall());
  faults_.release();
  caller.join();

  EXPECT_TRUE(reader);
}

TEST_F(FaultyDriverTest, EndsAStallWhenTheCallIsStopped) {
  faults_.stall(Operation::create, 1);
  ErrorCode code{};

  std::jthread caller([&] { code = code_of([&] { driver_.create(call_, {"a"}, {}); }); });
  ASSERT_TRUE(faults_.wait_for_stall());
  stop_.request_stop();
  caller.join();

  EXPECT_EQ(code, ErrorCode::cancelled);
  EXPECT_TRUE(memory_.unfinished().empty());
}

TEST_F(FaultyDriverTest, EndsAStallAtTheDeadline) {
  faults_.stall(Operation::size, 1);
  call_.deadline = Deadline::min();

  EXPECT_EQ(code_of([&] { driver_.size(call_, {"memory://a", {}}); }), ErrorCode::timed_out);
}

TEST_F(FaultyDriverTest, HasTheAbilitiesOfTheDriverInside) {
  const stores::Abilities abilities = driver_.abilities();
  faults_.fail(Operation::list, 1);

  EXPECT_EQ(abilities.files, nullptr);
  ASSERT_TRUE(abilities.listing);
  EXPECT_THROW(abilities.listing->list(call_), Error);
  EXPECT_EQ(abilities.capacity->space(call_).total, memory_.abilities().capacity->space(call_).total);
}

}  // namespace
}  // namespace vitrine::tests
