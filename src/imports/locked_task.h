#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "imports/locked_image.h"
#include "imports/means.h"
#include "imports/task_runner.h"
#include "model/caller.h"

namespace vitrine::imports {

inline constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// Whether a task has its image's lock from the beginning, or makes the image and then takes the lock.
enum class Lock { held, taken_later };

/// A task that has an image's import lock and stands in the journal, until it has done its work or has undone
/// it. run() on one thread; the rest is for that thread, except where it says otherwise.
class LockedTask : public BackgroundTask {
 public:
  const std::string& id() const override { return task_id_; }
  const std::string& image_id() const override { return locked_image_.id(); }
  void run() noexcept override;
  void cancel(std::string_view reason) noexcept override;
  void beat() override;

  const Means& means() const { return means_; }

  /// What readers and writers of this task are called with: the requester, and the token that ends it.
  const stores::StoreCall& call() const { return call_; }

 protected:
  /// `lock`: whether the image has been locked already.
  LockedTask(const Means& means, model::Caller caller, std::string image_id, std::string task_id,
             Lock lock = Lock::held);
  ~LockedTask() override;

  /// Does it all, up to complete(). The task is `processing`.
  virtual void work() = 0;
  /// Leaves nothing of what work() has done since the task had the lock. Throws Error. Not called once
  /// another task has it: then the sweep sees to it.
  virtual void undo() = 0;
  /// How far it is, for people. From any thread.
  virtual std::string progress() const = 0;

  const model::Caller& caller() const { return caller_; }
  LockedImage& locked_image() { return locked_image_; }
  bool is_stopped() const { return call_.stop.stop_requested(); }

  /// For Lock::taken_later. Throws Error{gone} if another task was faster.
  void take_lock();

  /// What the journal's line stays for, even after the task: a store that stalls may hold on to it.
  std::shared_ptr<const void> until_settled() const;

  /// The last word: the task has succeeded, and the image is free for others.
  void complete(const std::string& message);

  /// What the client is told of a failure; the log has the rest.
  std::string reason_of(const std::exception_ptr& failure);

 private:
  struct Line;

  void settle(const std::exception_ptr& failure) noexcept;
  void clear_line();
  std::string cancellation();

  const Means means_;
  const model::Caller caller_;
  const std::string task_id_;
  std::stop_source stop_;
  stores::StoreCall call_;
  LockedImage locked_image_;

  std::atomic<bool> is_locked_;
  std::shared_ptr<Line> line_;
  std::chrono::steady_clock::time_point last_sign_;  ///< of life, on the thread of beat()
  std::mutex mutex_;
  std::string cancellation_;  ///< why
};

}  // namespace vitrine::imports
