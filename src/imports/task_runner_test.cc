#include "imports/task_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <vector>

#include "base/error.h"

namespace vitrine::imports {
namespace {

using std::chrono::milliseconds;

/// What a task of the test did; outlives it.
struct Diary {
  std::atomic<int> beats = 0;
  std::atomic<bool> has_begun = false;
  std::atomic<bool> has_ended = false;
  std::mutex mutex;
  std::string cancellation;

  std::string why() {
    const std::lock_guard lock(mutex);
    return cancellation;
  }
};

/// Runs until it is cancelled, or has given so many signs of life.
class Patient : public BackgroundTask {
 public:
  Patient(Diary& diary, std::string image_id, int beats, bool loses_lock = false)
      : diary_(diary), image_id_(std::move(image_id)), beats_(beats), loses_lock_(loses_lock) {}

  const std::string& id() const override { return image_id_; }
  const std::string& image_id() const override { return image_id_; }

  void run() noexcept override {
    diary_.has_begun = true;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop_.get_token(), [this] { return diary_.beats >= beats_; });
    diary_.has_ended = true;
  }

  void cancel(std::string_view reason) noexcept override {
    {
      const std::lock_guard lock(diary_.mutex);
      if (diary_.cancellation.empty()) diary_.cancellation = reason;
    }
    stop_.request_stop();
  }

  void beat() override {
    if (loses_lock_) throw Error(ErrorCode::gone, "lost");
    const std::lock_guard lock(mutex_);
    ++diary_.beats;
    changed_.notify_all();
  }

 private:
  Diary& diary_;
  const std::string image_id_;
  const int beats_;
  const bool loses_lock_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
};

constexpr int never = 1 << 30;

TEST(TaskRunner, KeepsTheSignsOfLifeComing) {
  Diary diary;
  TaskRunner runner(1, milliseconds{5});

  runner.post(std::make_unique<Patient>(diary, "a", 3));

  EXPECT_TRUE(runner.drain(deadline_in(std::chrono::seconds{30})));
  EXPECT_TRUE(diary.has_ended);
  EXPECT_EQ(diary.why(), "");
}

TEST(TaskRunner, ATaskThatCannotSayThatItLivesIsEnded) {
  Diary diary;
  TaskRunner runner(1, milliseconds{5});

  runner.post(std::make_unique<Patient>(diary, "a", never, true));

  EXPECT_TRUE(runner.drain(deadline_in(std::chrono::seconds{30})));
  EXPECT_THAT(diary.why(), testing::HasSubstr("could not say"));
}

TEST(TaskRunner, CancelsWhatWorksOnAnImageAndNothingElse) {
  Diary one;
  Diary other;
  TaskRunner runner(2, milliseconds{5});
  runner.post(std::make_unique<Patient>(one, "a", never));
  runner.post(std::make_unique<Patient>(other, "b", 100));

  runner.cancel("a", "deleted");

  EXPECT_TRUE(runner.drain(deadline_in(std::chrono::seconds{30})));
  EXPECT_EQ(one.why(), "deleted");
  EXPECT_EQ(other.why(), "");
  EXPECT_GE(other.beats, 100);
}

TEST(TaskRunner, ItsEndIsTheEndOfWhatRunsAndOfWhatWaits) {
  Diary running;
  Diary waiting;
  {
    TaskRunner runner(1, milliseconds{5});
    runner.post(std::make_unique<Patient>(running, "a", never));
    runner.post(std::make_unique<Patient>(waiting, "b", never));
  }

  EXPECT_TRUE(running.has_ended);
  EXPECT_TRUE(waiting.has_ended);
  EXPECT_THAT(waiting.why(), testing::HasSubstr("stopped"));
}

TEST(TaskRunner, DrainingDoesNotWaitBeyondTheDeadline) {
  Diary diary;
  TaskRunner runner(1, milliseconds{5});
  runner.post(std::make_unique<Patient>(diary, "a", never));

  EXPECT_FALSE(runner.drain(deadline_in(milliseconds{20})));
}

TEST(TaskRunner, WhatWorksOnAnImageIsWaitedForAndNothingElse) {
  Diary one;
  Diary other;
  TaskRunner runner(2, milliseconds{5});
  runner.post(std::make_unique<Patient>(one, "a", never));
  runner.post(std::make_unique<Patient>(other, "b", never));

  EXPECT_FALSE(runner.wait_for("a", deadline_in(milliseconds{20})));
  runner.cancel("a", "deleted");
  EXPECT_TRUE(runner.wait_for("a", deadline_in(std::chrono::seconds{30})));

  EXPECT_TRUE(one.has_ended);
  EXPECT_FALSE(other.has_ended);
}

}  // namespace
}  // namespace vitrine::imports
