#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/test_stores.h"
#include "transfer/intake.h"

namespace vitrine::transfer {
namespace {

using ::testing::IsEmpty;
using tests::chunk_of;
using tests::code_of;
using tests::Operation;
using tests::TestStore;
using tests::wait_until_idle;

constexpr std::size_t chunks = 10;

/// Uploads of ten chunks to one to three stores, all of which must leave nothing behind when they fail.
class IntakeFaults : public ::testing::Test {
 protected:
  void use_stores(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      stores_.push_back(std::make_unique<TestStore>(fmt::format("s{}", i)));
  }

  TestStore& store(std::size_t index) { return *stores_[index]; }

  Received upload() {
    std::vector<stores::Store*> targets;
    for (const auto& one : stores_) targets.push_back(one->store);
    Intake intake(targets, {"blob"}, call_, digests_, {}, {});
    for (std::size_t i = 0; i < chunks; ++i) intake.write(chunk_of(buffers_, "some bytes"));
    return intake.commit();
  }

  /// Uploads on a thread of its own, does `meanwhile` once the store stalls, and tells how the upload ended.
  ErrorCode code_of_upload_while(TestStore& stalled, const std::function<void()>& meanwhile) {
    ErrorCode code{};
    std::thread uploader([&] { code = code_of([&] { upload(); }); });
    EXPECT_TRUE(stalled.faults.wait_for_stall());
    meanwhile();
    uploader.join();
    return code;
  }

  void expect_nothing_left() {
    for (const auto& one : stores_) {
      EXPECT_THAT(one->memory->names(), IsEmpty()) << one->store->id();
      EXPECT_THAT(one->memory->unfinished(), IsEmpty()) << one->store->id();
      wait_until_idle(one->store->pool());
    }
    wait_until_idle(digests_);
    EXPECT_EQ(buffers_.in_use(), 0u);
  }

  threads::BufferPool buffers_{4096, 16};
  threads::WorkerPool digests_{"digests", 2};
  std::vector<std::unique_ptr<TestStore>> stores_;
  std::stop_source stop_;
  stores::StoreCall call_{.stop = stop_.get_token()};
};

/// Of how many stores which one goes wrong, and at which call.
struct FaultyPlace {
  std::size_t stores;
  std::size_t index;
  Operation operation;
  std::size_t number;
};

std::vector<FaultyPlace> every_place_of_a_fault() {
  std::vector<FaultyPlace> places;
  for (const std::size_t stores : {1, 2, 3}) {
    for (std::size_t index = 0; index < stores; ++index) {
      places.push_back({stores, index, Operation::create, 1});
      for (const std::size_t number : {std::size_t{1}, chunks / 2, chunks}) {
        places.push_back({stores, index, Operation::write, number});
      }
      places.push_back({stores, index, Operation::commit, 1});
    }
  }
  return places;
}

std::string name_of(const ::testing::TestParamInfo<FaultyPlace>& info) {
  const auto& [stores, index, operation, number] = info.param;
  const char* word = operation == Operation::create  ? "Create"
                     : operation == Operation::write ? "Write"
                                                     : "Commit";
  return fmt::format("{}{}InStore{}Of{}", word, number, index + 1, stores);
}

class IntakeWithAFaultyStore : public IntakeFaults, public ::testing::WithParamInterface<FaultyPlace> {
 protected:
  void SetUp() override { use_stores(GetParam().stores); }

  tests::Faults& faults() { return store(GetParam().index).faults; }
  Operation operation() const { return GetParam().operation; }
  std::size_t number() const { return GetParam().number; }
};

TEST_P(IntakeWithAFaultyStore, LeavesNothingWhenTheCallFails) {
  faults().fail(operation(), number(), Error(ErrorCode::storage_full, "full"));

  EXPECT_EQ(code_of([&] { upload(); }), ErrorCode::storage_full);

  expect_nothing_left();
}

TEST_P(IntakeWithAFaultyStore, LeavesNothingWhenTheCallIsCutShort) {
  faults().cut_short(operation(), number());

  EXPECT_EQ(code_of([&] { upload(); }), ErrorCode::unavailable);

  expect_nothing_left();
}

TEST_P(IntakeWithAFaultyStore, LeavesNothingWhenItIsStoppedWhileTheCallStalls) {
  faults().stall(operation(), number());

  EXPECT_EQ(code_of_upload_while(store(GetParam().index), [&] { stop_.request_stop(); }),
            ErrorCode::cancelled);

  expect_nothing_left();
}

TEST_P(IntakeWithAFaultyStore, LeavesNothingWhenTheCallStallsBeyondTheDeadline) {
  faults().stall(operation(), number());
  call_.deadline = deadline_in(std::chrono::milliseconds(20));

  EXPECT_EQ(code_of([&] { upload(); }), ErrorCode::timed_out);

  expect_nothing_left();
}

TEST_P(IntakeWithAFaultyStore, EndsWellWhenTheStallDoes) {
  faults().stall(operation(), number());

  Received received;
  std::thread uploader([&] { received = upload(); });
  EXPECT_TRUE(faults().wait_for_stall());
  faults().release();
  uploader.join();

  EXPECT_EQ(received.size, 100u);
  for (const auto& one : stores_) EXPECT_EQ(one->memory->content("blob")->size(), 100u);
}

INSTANTIATE_TEST_SUITE_P(Any, IntakeWithAFaultyStore, ::testing::ValuesIn(every_place_of_a_fault()), name_of);

TEST_F(IntakeFaults, TheProducerLearnsOfAFailureAtMostALaneLater) {
  use_stores(1);
  store(0).faults.fail(Operation::write, 1);
  Intake intake({store(0).store}, {"blob"}, call_, digests_, {}, {.lane_bound = 4});

  std::size_t written = 0;
  EXPECT_EQ(code_of([&] {
              for (; written < 100; ++written) intake.write(chunk_of(buffers_, "bytes"));
            }),
            ErrorCode::unavailable);

  EXPECT_LE(written, 5u);
}

TEST_F(IntakeFaults, AFailingStoreFreesOneThatStalls) {
  use_stores(2);
  store(0).faults.stall(Operation::write, 1);
  store(1).faults.fail(Operation::write, 2, Error(ErrorCode::storage_full, "full"));

  EXPECT_EQ(code_of([&] { upload(); }), ErrorCode::storage_full);

  expect_nothing_left();
}

TEST_F(IntakeFaults, AStalledStoreHoldsNoThreadOfOthers) {
  use_stores(2);
  store(0).faults.stall(Operation::write, 1);

  code_of_upload_while(store(0), [&] {
    wait_until_idle(store(1).store->pool());
    wait_until_idle(digests_);
    stop_.request_stop();
  });

  expect_nothing_left();
}

TEST_F(IntakeFaults, WhatOneStoreCommittedIsRemovedWhenAnotherCannot) {
  use_stores(2);
  store(1).faults.stall(Operation::commit, 1);

  const ErrorCode code = code_of_upload_while(store(1), [&] {
    while (!store(0).memory->content("blob")) std::this_thread::yield();
    stop_.request_stop();
  });

  EXPECT_EQ(code, ErrorCode::cancelled);
  EXPECT_EQ(store(0).faults.calls(Operation::remove) + store(0).faults.calls(Operation::discard), 1u);
  expect_nothing_left();
}

TEST_F(IntakeFaults, WhatCannotBeRemovedDoesNotHideTheFailure) {
  use_stores(2);
  store(0).faults.fail(Operation::remove, 1);
  store(0).faults.fail(Operation::discard, 1);
  store(1).faults.stall(Operation::commit, 1);

  const ErrorCode code = code_of_upload_while(store(1), [&] {
    while (!store(0).memory->content("blob")) std::this_thread::yield();
    stop_.request_stop();
  });

  EXPECT_EQ(code, ErrorCode::cancelled);
  EXPECT_THAT(store(1).memory->names(), IsEmpty());
  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(IntakeFaults, ABlobThatAnotherWriterPutThereFirstStays) {
  use_stores(1);
  Intake intake({store(0).store}, {"blob"}, call_, digests_, {}, {});
  intake.write(chunk_of(buffers_, "ours"));
  store(0).memory->put("blob", "theirs");

  EXPECT_EQ(code_of([&] { intake.commit(); }), ErrorCode::duplicate);

  EXPECT_EQ(store(0).memory->content("blob"), "theirs");
  EXPECT_THAT(store(0).memory->unfinished(), IsEmpty());
}

TEST_F(IntakeFaults, AStopThatCameEarlierEndsTheNextWrite) {
  use_stores(1);
  {
    Intake intake({store(0).store}, {"blob"}, call_, digests_, {}, {});
    intake.write(chunk_of(buffers_, "bytes"));
    stop_.request_stop();

    EXPECT_EQ(code_of([&] { intake.write(chunk_of(buffers_, "bytes")); }), ErrorCode::cancelled);
    EXPECT_EQ(code_of([&] { intake.commit(); }), ErrorCode::cancelled);
  }

  expect_nothing_left();
}

TEST_F(IntakeFaults, ADeadlineThatHasPassedEndsTheNextWrite) {
  use_stores(1);
  call_.deadline = deadline_in(std::chrono::milliseconds(0));
  {
    Intake intake({store(0).store}, {"blob"}, call_, digests_, {}, {});

    EXPECT_EQ(code_of([&] { intake.write(chunk_of(buffers_, "bytes")); }), ErrorCode::timed_out);
  }

  expect_nothing_left();
}

TEST_F(IntakeFaults, ManyUploadsAtOnceShareFewThreads) {
  use_stores(3);
  constexpr int uploads = 8;
  std::vector<std::thread> uploaders;
  std::vector<stores::Store*> targets;
  for (const auto& one : stores_) targets.push_back(one->store);

  for (int i = 0; i < uploads; ++i) {
    uploaders.emplace_back([&, i] {
      Intake intake(targets, {fmt::format("blob{}", i)}, call_, digests_, {}, {});
      for (std::size_t k = 0; k < chunks; ++k) intake.write(chunk_of(buffers_, "some bytes"));
      EXPECT_EQ(intake.commit().size, 100u);
    });
  }
  for (std::thread& uploader : uploaders) uploader.join();

  for (const auto& one : stores_) EXPECT_EQ(one->memory->names().size(), std::size_t{uploads});
  EXPECT_EQ(buffers_.in_use(), 0u);
}

}  // namespace
}  // namespace vitrine::transfer
