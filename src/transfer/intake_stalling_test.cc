#include "tests/support/intake_stores.h"

namespace vitrine::transfer {
namespace {

using ::testing::HasSubstr;
using tests::code_of;
using tests::FaultyStores;
using tests::message_of;
using tests::Operation;

/// Long enough for a store that works on a busy machine.
constexpr std::chrono::milliseconds stall_timeout{400};

std::vector<FaultyStores> every_place_to_stall() {
  std::vector<FaultyStores> places;
  for (const std::vector<std::size_t>& which : {std::vector<std::size_t>{1}, {0, 2}, {0, 1, 2}}) {
    places.push_back({which, Operation::create, 1});
    places.push_back({which, Operation::write, 3});
    places.push_back({which, Operation::commit, 1});
  }
  return places;
}

/// One, two or all of three stores stall; the test ends what stalls.
class StallingStores : public tests::IntakeIntoThreeStores {
 protected:
  StallingStores() {
    settings_.store_stall_timeout = stall_timeout;
    settings_.store_failure = StoreFailure::drops_the_store;
    settings_.until_gone = std::make_shared<int>(1);
    until_gone_ = settings_.until_gone;
  }
  ~StallingStores() override { release(); }

  void release() {
    for (const auto& one : stores_) one->faults.release();
  }

  /// Whether the intake, or a store that it gave up, still holds what it was given.
  bool is_held() {
    settings_.until_gone.reset();
    return !until_gone_.expired();
  }

 private:
  std::weak_ptr<const void> until_gone_;
};

class IntakeWithStallingStores : public StallingStores, public ::testing::WithParamInterface<FaultyStores> {
 protected:
  const FaultyStores& faulty() const { return GetParam(); }

  void hang_stores() {
    for (const std::size_t index : faulty().which) {
      store(index).faults.hang(faulty().operation, faulty().number);
    }
  }
};

TEST_P(IntakeWithStallingStores, GoesOnWithoutThoseThatHang) {
  hang_stores();

  if (faulty().are_all()) {
    EXPECT_EQ(code_of([&] { run(); }), ErrorCode::timed_out);
  } else {
    expect_complete_without(faulty(), run(), ErrorCode::timed_out);
  }
  EXPECT_LE(buffers_.in_use(), faulty().which.size()) << "of each store only the call under way holds one";
  EXPECT_TRUE(is_held());
  release();

  for (const std::size_t index : faulty().which) expect_nothing_in(index);
  expect_no_buffer_in_use();
  EXPECT_FALSE(is_held());
}

TEST_P(IntakeWithStallingStores, StopsTheCallsThatListen) {
  for (const std::size_t index : faulty().which) {
    store(index).faults.stall(faulty().operation, faulty().number);
  }

  if (faulty().are_all()) {
    EXPECT_EQ(code_of([&] { run(); }), ErrorCode::timed_out);
  } else {
    expect_complete_without(faulty(), run(), ErrorCode::timed_out);
  }

  for (const std::size_t index : faulty().which) expect_nothing_in(index);
  expect_no_buffer_in_use();
  EXPECT_FALSE(is_held());
}

TEST_P(IntakeWithStallingStores, EndsIfItMayNotGoOnAndWaitsForNone) {
  settings_.store_failure = StoreFailure::ends_the_intake;
  hang_stores();

  const std::string message = message_of([&] { run(); });

  EXPECT_THAT(message, ::testing::MatchesRegex("Store s[0-2] took no data for 0.4 seconds."));
  for (std::size_t i = 0; i < 3; ++i) {
    if (!faulty().include(i)) expect_nothing_in(i);
  }
  EXPECT_TRUE(is_held());
  release();

  expect_nothing_anywhere();
  EXPECT_FALSE(is_held());
}

INSTANTIATE_TEST_SUITE_P(OfThree, IntakeWithStallingStores, ::testing::ValuesIn(every_place_to_stall()),
                         tests::name_of);

TEST_F(StallingStores, EndWithoutTheIntakeWhenItIsDestroyed) {
  store(1).faults.hang(Operation::write, 1);
  {
    const auto intake = open();
    intake->write(tests::chunk_of(buffers_, "bytes"));
    EXPECT_TRUE(store(1).faults.wait_for_stall());
  }
  expect_nothing_in(0);
  expect_nothing_in(2);
  EXPECT_TRUE(is_held());
  release();

  expect_nothing_anywhere();
  EXPECT_FALSE(is_held());
}

TEST_F(StallingStores, AreNotWaitedForWhenAnotherFails) {
  settings_.store_failure = StoreFailure::ends_the_intake;
  store(0).faults.hang(Operation::write, 1);
  store(1).faults.fail(Operation::write, 2, Error(ErrorCode::storage_full, "full"));

  EXPECT_EQ(message_of([&] { run(); }), "Store s1: full");

  release();
  expect_nothing_anywhere();
}

TEST_F(StallingStores, AreNotWaitedForWhileTheyRemoveWhatTheyHad) {
  store(1).faults.cut_short(Operation::commit, 1);
  store(1).faults.hang(Operation::discard, 1);

  const Received received = run();

  ASSERT_EQ(received.failed.size(), 1u);
  EXPECT_EQ(received.failed[0].code, ErrorCode::unavailable) << "its first failure is the one that counts";
  release();
  expect_nothing_in(1);
  EXPECT_FALSE(is_held());
}

TEST_F(StallingStores, RemoveWhatTheyCommitWhenNobodyWaitsAnyMore) {
  store(1).faults.hang(Operation::commit, 1);
  run();
  release();

  expect_nothing_in(1);
  EXPECT_EQ(store(1).faults.calls(Operation::remove), 1u);
}

TEST_F(StallingStores, LeaveAloneWhatAnotherPutUnderTheNameMeanwhile) {
  store(1).faults.hang(Operation::commit, 1);
  run();
  store(1).memory->put("blob", "theirs");
  release();

  tests::wait_until_idle(store(1).store->pool());
  EXPECT_EQ(store(1).memory->content("blob"), "theirs");
  EXPECT_THAT(store(1).memory->unfinished(), ::testing::IsEmpty());
}

TEST_F(StallingStores, DiscardNothingByNameWhenACommitEndsInDoubt) {
  store(1).faults.stall(Operation::commit, 1);
  run();

  tests::wait_until_idle(store(1).store->pool());
  EXPECT_EQ(store(1).faults.calls(Operation::discard), 0u);
}

TEST_F(StallingStores, OutliveTheirCallerAndTheIntake) {
  store(1).faults.hang(Operation::commit, 1);
  {
    const model::Caller caller;
    call_.caller = &caller;
    run();
  }
  call_.caller = nullptr;
  release();

  expect_nothing_in(1);
}

TEST_F(StallingStores, CostTheTimeOutOnceThoughThereAreSeveral) {
  store(0).faults.hang(Operation::write, 1);
  store(1).faults.hang(Operation::write, 1);
  const auto begin = std::chrono::steady_clock::now();

  const Received received = run();

  EXPECT_EQ(received.failed.size(), 2u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2 * stall_timeout);
}

}  // namespace
}  // namespace vitrine::transfer
