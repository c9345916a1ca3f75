#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/test_stores.h"
#include "transfer/intake.h"

namespace vitrine::tests {

/// Which of three stores go wrong, and at which call.
struct FaultyStores {
  std::vector<std::size_t> which;
  Operation operation;
  std::size_t number;

  bool are_all() const { return which.size() == 3; }
  bool include(std::size_t index) const { return std::ranges::count(which, index) > 0; }
};

inline std::string name_of(const ::testing::TestParamInfo<FaultyStores>& info) {
  const FaultyStores& faulty = info.param;
  const char* word = faulty.operation == Operation::create  ? "Create"
                     : faulty.operation == Operation::write ? "Write"
                                                            : "Commit";
  return fmt::format("{}{}In{}", word, faulty.number, fmt::join(faulty.which, "And"));
}

/// An Intake of ten chunks into three stores, s0 to s2.
class IntakeIntoThreeStores : public ::testing::Test {
 protected:
  static constexpr std::size_t chunks = 10;

  TestStore& store(std::size_t index) { return *stores_[index]; }

  std::unique_ptr<transfer::Intake> open() {
    std::vector<stores::Store*> targets;
    for (const auto& one : stores_) targets.push_back(one->store);
    return std::make_unique<transfer::Intake>(targets, stores::BlobName{"blob"}, call_, digests_,
                                              std::vector<std::unique_ptr<transfer::ChunkCheck>>{},
                                              settings_);
  }

  transfer::Received run() {
    const auto intake = open();
    for (std::size_t i = 0; i < chunks; ++i) intake->write(chunk_of(buffers_, "some bytes"));
    return intake->commit();
  }

  void expect_complete(std::size_t index) {
    EXPECT_EQ(store(index).memory->content("blob").value_or("").size(), 10 * chunks) << index;
    EXPECT_THAT(store(index).memory->unfinished(), ::testing::IsEmpty()) << index;
  }

  void expect_nothing_in(std::size_t index) {
    wait_until_idle(store(index).store->pool());
    EXPECT_THAT(store(index).memory->names(), ::testing::IsEmpty()) << index;
    EXPECT_THAT(store(index).memory->unfinished(), ::testing::IsEmpty()) << index;
  }

  void expect_nothing_anywhere() {
    for (std::size_t i = 0; i < stores_.size(); ++i) expect_nothing_in(i);
    expect_no_buffer_in_use();
  }

  void expect_no_buffer_in_use() {
    for (const auto& one : stores_) wait_until_idle(one->store->pool());
    wait_until_idle(digests_);
    EXPECT_EQ(buffers_.in_use(), 0u);
  }

  /// What an intake that drops stores must have made of it.
  void expect_complete_without(const FaultyStores& faulty, const transfer::Received& received,
                               ErrorCode code) {
    std::vector<std::string> failed;
    for (const transfer::FailedStore& each : received.failed) {
      failed.push_back(each.store_id);
      EXPECT_EQ(each.code, code);
      EXPECT_FALSE(each.reason.empty());
    }
    std::vector<std::string> expected;
    for (const std::size_t index : faulty.which) expected.push_back(fmt::format("s{}", index));
    EXPECT_THAT(failed, ::testing::UnorderedElementsAreArray(expected));

    EXPECT_EQ(received.size, 10 * chunks);
    EXPECT_EQ(received.blobs.size(), stores_.size() - faulty.which.size());
    for (std::size_t i = 0; i < stores_.size(); ++i) {
      if (!faulty.include(i)) expect_complete(i);
    }
  }

  threads::BufferPool buffers_{4096, 64};
  threads::WorkerPool digests_{"digests", 2};
  std::vector<std::unique_ptr<TestStore>> stores_ = [] {
    std::vector<std::unique_ptr<TestStore>> stores;
    for (const char* id : {"s0", "s1", "s2"}) stores.push_back(std::make_unique<TestStore>(id));
    return stores;
  }();
  std::stop_source stop_;
  stores::StoreCall call_{.stop = stop_.get_token()};
  transfer::IntakeSettings settings_;
};

}  // namespace vitrine::tests
