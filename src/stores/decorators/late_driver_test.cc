#include "stores/decorators/late_driver.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/error.h"
#include "tests/support/memory_driver.h"
#include "tests/support/test_stores.h"

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;

class LateDriverTest : public ::testing::Test {
 protected:
  /// Tries again with each call.
  LateDriver make(std::chrono::milliseconds retry_after = std::chrono::milliseconds{0}) {
    const auto make = [this]() -> std::unique_ptr<Driver> {
      ++attempts_;
      if (!is_reachable_) throw Error(ErrorCode::unavailable, "no route");
      return std::make_unique<tests::MemoryDriver>();
    };
    return LateDriver("fast", make, health_, {.retry_after = retry_after}, "not mounted");
  }

  Metrics metrics_;
  StoreHealth health_{metrics_, "fast"};
  bool is_reachable_ = false;
  int attempts_ = 0;
  const StoreCall call_;
};

TEST_F(LateDriverTest, IsDownAtFirst) {
  const LateDriver driver = make();

  EXPECT_EQ(health_.trouble(), "not mounted");
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_up{store=\"fast\"} 0\n"));
  EXPECT_EQ(attempts_, 0);
}

TEST_F(LateDriverTest, TakesNoDataWhileItIsDown) {
  LateDriver driver = make();

  EXPECT_EQ(tests::code_of([&] { driver.create(call_, {"a"}, {}); }), ErrorCode::gone);
}

TEST_F(LateDriverTest, CannotReachItsBlobsWhileItIsDown) {
  LateDriver driver = make();
  const Location location{"memory://a", {}};

  EXPECT_EQ(tests::code_of([&] { driver.open(call_, location, {}); }), ErrorCode::unavailable);
  EXPECT_EQ(tests::code_of([&] { driver.size(call_, location); }), ErrorCode::unavailable);
  EXPECT_EQ(tests::code_of([&] { driver.remove(call_, location); }), ErrorCode::unavailable);
  EXPECT_EQ(tests::code_of([&] { driver.discard(call_, {"a"}); }), ErrorCode::unavailable);
  EXPECT_EQ(health_.trouble(), "no route");
}

TEST_F(LateDriverTest, ComesUpWithTheFirstCallThatFindsItsStore) {
  LateDriver driver = make();
  EXPECT_EQ(driver.abilities().listing, nullptr);
  is_reachable_ = true;

  driver.create(call_, {"a"}, {})->commit();
  EXPECT_EQ(driver.size(call_, {"memory://a", {}}), 0u);

  EXPECT_NE(driver.abilities().listing, nullptr);
  EXPECT_EQ(health_.trouble(), "");
  EXPECT_EQ(attempts_, 1);
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_up{store=\"fast\"} 1\n"));
}

TEST_F(LateDriverTest, SaysHowItsFirstAttemptFailed) {
  const auto fail = []() -> std::unique_ptr<Driver> { throw Error(ErrorCode::configuration, "wrong key"); };
  LateDriver driver("fast", fail, health_, LateDriver::Times{});

  const std::optional<Error> failure = driver.first_failure();

  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ErrorCode::configuration);
  EXPECT_EQ(health_.trouble(), "wrong key");
}

TEST_F(LateDriverTest, IsUpWhenItsFirstAttemptWorks) {
  LateDriver driver(
      "fast", [] { return std::make_unique<tests::MemoryDriver>(); }, health_, LateDriver::Times{});

  EXPECT_FALSE(driver.first_failure());

  EXPECT_EQ(health_.trouble(), "");
  EXPECT_NE(driver.abilities().listing, nullptr);
}

TEST_F(LateDriverTest, HoldsNobodyUpWhileAnAttemptHangs) {
  std::promise<void> end;
  std::atomic<int> attempts = 0;
  const auto hang = [&]() -> std::unique_ptr<Driver> {
    ++attempts;
    end.get_future().wait();
    return std::make_unique<tests::MemoryDriver>();
  };
  LateDriver driver("fast", hang, health_,
                    {.retry_after = std::chrono::milliseconds{0}, .patience = std::chrono::milliseconds{1}});

  EXPECT_FALSE(driver.first_failure());
  EXPECT_EQ(tests::code_of([&] { driver.create(call_, {"a"}, {}); }), ErrorCode::gone);
  EXPECT_THAT(health_.trouble(), HasSubstr("does not answer"));

  end.set_value();
  while (driver.abilities().listing == nullptr) std::this_thread::yield();
  driver.create(call_, {"a"}, {})->commit();
  EXPECT_EQ(health_.trouble(), "");
  EXPECT_EQ(attempts, 1);
}

TEST_F(LateDriverTest, DoesNotTryAgainWithEachCall) {
  LateDriver driver = make(std::chrono::hours{1});

  for (int i = 0; i < 3; ++i) EXPECT_THROW(driver.discard(call_, {"a"}), Error);

  EXPECT_EQ(attempts_, 0) << "the attempt at start was the last one for an hour";
}

}  // namespace
}  // namespace vitrine::stores
