#include "tests/support/intake_stores.h"

namespace vitrine::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::code_of;
using tests::FaultyStores;
using tests::message_of;
using tests::Operation;

std::vector<FaultyStores> every_place() {
  std::vector<FaultyStores> places;
  for (const std::vector<std::size_t>& which :
       {std::vector<std::size_t>{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}}) {
    places.push_back({which, Operation::create, 1});
    for (const std::size_t number : {1, 5, 10}) places.push_back({which, Operation::write, number});
    places.push_back({which, Operation::commit, 1});
  }
  return places;
}

/// One, two or all of three stores fail.
class IntakeWithFailingStores : public tests::IntakeIntoThreeStores,
                                public ::testing::WithParamInterface<FaultyStores> {
 protected:
  const FaultyStores& faulty() const { return GetParam(); }

  void fail_stores() {
    for (const std::size_t index : faulty().which) {
      store(index).faults.fail(faulty().operation, faulty().number, Error(ErrorCode::storage_full, "full"));
    }
  }
};

TEST_P(IntakeWithFailingStores, EndsWithTheFirstFailureAndSaysWhose) {
  fail_stores();

  const std::string message = message_of([&] { run(); });

  std::vector<std::string> possible;
  for (const std::size_t index : faulty().which) possible.push_back(fmt::format("Store s{}: full", index));
  EXPECT_THAT(possible, ::testing::Contains(message));
  expect_nothing_anywhere();
}

TEST_P(IntakeWithFailingStores, GoesOnWithoutThemIfItMay) {
  settings_.store_failure = StoreFailure::drops_the_store;
  fail_stores();

  if (faulty().are_all()) {
    EXPECT_EQ(code_of([&] { run(); }), ErrorCode::storage_full);
  } else {
    expect_complete_without(faulty(), run(), ErrorCode::storage_full);
  }

  for (const std::size_t index : faulty().which) expect_nothing_in(index);
  expect_no_buffer_in_use();
}

TEST_P(IntakeWithFailingStores, GoesOnWithoutThoseThatAreCutShort) {
  settings_.store_failure = StoreFailure::drops_the_store;
  for (const std::size_t index : faulty().which) {
    store(index).faults.cut_short(faulty().operation, faulty().number);
  }

  if (faulty().are_all()) {
    EXPECT_EQ(code_of([&] { run(); }), ErrorCode::unavailable);
  } else {
    expect_complete_without(faulty(), run(), ErrorCode::unavailable);
  }

  for (const std::size_t index : faulty().which) expect_nothing_in(index);
  expect_no_buffer_in_use();
}

INSTANTIATE_TEST_SUITE_P(OfThree, IntakeWithFailingStores, ::testing::ValuesIn(every_place()),
                         tests::name_of);

class IntakeDropping : public tests::IntakeIntoThreeStores {
 protected:
  IntakeDropping() { settings_.store_failure = StoreFailure::drops_the_store; }
};

TEST_F(IntakeDropping, FailsWithTheFirstFailureWhenNoStoreIsLeft) {
  store(0).faults.fail(Operation::create, 1, Error(ErrorCode::gone, "read-only"));
  store(1).faults.fail(Operation::commit, 1, Error(ErrorCode::storage_full, "full"));
  store(2).faults.fail(Operation::write, 2, Error(ErrorCode::storage_denied, "denied"));

  EXPECT_EQ(message_of([&] { run(); }), "Store s0: read-only");

  expect_nothing_anywhere();
}

TEST_F(IntakeDropping, ListsStoresInTheOrderInWhichTheyFailed) {
  store(2).faults.fail(Operation::create, 1);
  store(0).faults.fail(Operation::commit, 1);

  const Received received = run();

  ASSERT_EQ(received.failed.size(), 2u);
  EXPECT_EQ(received.failed[0].store_id, "s2");
  EXPECT_EQ(received.failed[1].store_id, "s0");
}

TEST_F(IntakeDropping, SendsNothingMoreToAStoreThatFailed) {
  store(1).faults.fail(Operation::write, 1, Error(ErrorCode::storage_full, "The store has no room"));

  EXPECT_EQ(run().failed.at(0).reason, "The store has no room");

  EXPECT_EQ(store(1).faults.calls(Operation::write), 1u);
  EXPECT_EQ(store(1).faults.calls(Operation::commit), 0u);
}

TEST_F(IntakeDropping, KeepsADefectOfADriverFromPeople) {
  store(1).faults.fail(Operation::write, 1, Error(ErrorCode::internal, "null pointer in rados.cc"));

  const Received received = run();

  ASSERT_EQ(received.failed.size(), 1u);
  EXPECT_EQ(received.failed[0].code, ErrorCode::internal);
  EXPECT_THAT(received.failed[0].reason, ::testing::Not(::testing::HasSubstr("rados.cc")));
}

TEST_F(IntakeDropping, ARefusedSizeEndsItForAllStores) {
  settings_.size_cap = 10 * chunks - 1;

  EXPECT_EQ(code_of([&] { run(); }), ErrorCode::limit_exceeded);

  expect_nothing_anywhere();
}

TEST_F(IntakeDropping, AStopEndsItForAllStoresAndBlamesNone) {
  store(1).faults.stall(Operation::write, 1);
  std::string message;
  std::thread producer([&] { message = message_of([&] { run(); }); });
  EXPECT_TRUE(store(1).faults.wait_for_stall());
  stop_.request_stop();
  producer.join();

  EXPECT_THAT(message, ::testing::Not(::testing::HasSubstr("s1")));
  expect_nothing_anywhere();
}

TEST_F(IntakeDropping, LeavesNothingWhenItEndsUncommittedAfterAStoreWasDropped) {
  store(1).faults.fail(Operation::write, 1);
  {
    const auto intake = open();
    for (int i = 0; i < 8; ++i) intake->write(tests::chunk_of(buffers_, "bytes"));
  }

  expect_nothing_anywhere();
}

TEST_F(IntakeDropping, ABlobThatAnotherWriterPutThereFirstStays) {
  const auto intake = open();
  store(1).memory->put("blob", "theirs");

  const Received received = intake->commit();

  ASSERT_EQ(received.failed.size(), 1u);
  EXPECT_EQ(received.failed[0].code, ErrorCode::duplicate);
  EXPECT_EQ(store(1).memory->content("blob"), "theirs");
}

TEST_F(IntakeDropping, ComputesNoDigestWhereNoneIsAskedFor) {
  settings_.hash_algorithm.clear();

  const Received received = run();

  EXPECT_EQ(received.md5 + received.hash_algo + received.hash_value, "");
  EXPECT_EQ(received.size, 10 * chunks);
  for (std::size_t i = 0; i < 3; ++i) expect_complete(i);
}

TEST_F(IntakeDropping, HoldsWhatItWasGivenUntilItIsGone) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  settings_.until_gone = std::move(held);
  auto intake = open();
  settings_.until_gone.reset();
  intake->commit();
  EXPECT_FALSE(watched.expired());

  intake.reset();

  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace vitrine::transfer
