#include "stores/drivers/bounded_calls.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stop_token>
#include <thread>

#include "base/error.h"

namespace vitrine::stores {
namespace {

constexpr BoundedCalls::Limits one_thread = {
    .timeout = std::chrono::hours(1), .threads = 1, .warn_percent = 1000};

ErrorCode code_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

int fail() {
  throw Error(ErrorCode::storage_denied, "no");
}

TEST(BoundedCalls, GiveBackWhatTheBodyReturnsOrThrows) {
  BoundedCalls bounded(one_thread);
  BoundedCalls direct({});
  const StoreCall call;

  for (BoundedCalls* calls : {&bounded, &direct}) {
    EXPECT_EQ(calls->run<int>(call, [] { return 7; }), 7);
    EXPECT_EQ(code_of([&] { calls->run<int>(call, fail); }), ErrorCode::storage_denied);
  }
}

TEST(BoundedCalls, AreMadeOnTheCallersThreadWithoutATimeout) {
  BoundedCalls calls({});

  EXPECT_EQ(calls.run<std::thread::id>({}, [] { return std::this_thread::get_id(); }),
            std::this_thread::get_id());
}

/// Calls whose only thread hangs until release().
class HangingCallsTest : public ::testing::Test {
 protected:
  HangingCallsTest() {
    std::promise<void> hangs;
    caller_ = std::jthread([this, &hangs] {
      code_ = code_of([&] { calls_->run<int>({.stop = stop_.get_token()}, hang_after(hangs)); });
    });
    hangs.get_future().wait();
  }

  /// Stops the call that hangs; the code of the error that comes out of it.
  ErrorCode stop() {
    stop_.request_stop();
    caller_.join();
    return code_;
  }

  /// Lets the thread go on, and waits until it is through with everything.
  void release() {
    released_.set_value();
    calls_.reset();
  }

  std::unique_ptr<BoundedCalls> calls_ = std::make_unique<BoundedCalls>(one_thread);

 private:
  std::function<int()> hang_after(std::promise<void>& hangs) {
    return [&hangs, released = released_.get_future().share()] {
      hangs.set_value();
      released.wait();
      return 0;
    };
  }

  std::promise<void> released_;
  std::stop_source stop_;
  ErrorCode code_{};
  std::jthread caller_;
};

TEST_F(HangingCallsTest, LetTheCallerGoWhenItIsStopped) {
  EXPECT_EQ(stop(), ErrorCode::cancelled);
  release();
}

TEST_F(HangingCallsTest, NeverBeginWhatWasGivenUpBefore) {
  bool has_begun = false;
  const StoreCall expired{.deadline = Deadline::min()};

  EXPECT_EQ(code_of([&] { calls_->run<bool>(expired, [&] { return has_begun = true; }); }),
            ErrorCode::timed_out);
  stop();
  release();

  EXPECT_FALSE(has_begun);
}

TEST(BoundedCalls, GiveUpAfterTheTimeoutEvenIfTheCallHasNoDeadline) {
  std::promise<void> released;
  BoundedCalls calls({.timeout = std::chrono::milliseconds(1), .threads = 1, .warn_percent = 1000});
  const std::function<int()> hang = [future = released.get_future().share()] { return future.wait(), 0; };

  EXPECT_EQ(code_of([&] { calls.run<int>({}, hang); }), ErrorCode::timed_out);
  released.set_value();
}

}  // namespace
}  // namespace vitrine::stores
