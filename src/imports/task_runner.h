#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vitrine::imports {

/// Work that a task stands for.
class BackgroundTask {
 public:
  virtual ~BackgroundTask() = default;
  virtual const std::string& id() const = 0;
  /// The image that it works on.
  virtual const std::string& image_id() const = 0;
  /// Does the work, and settles the task whatever comes. Called once, on a thread of its own.
  virtual void run() noexcept = 0;
  /// Ends run() soon; before run(), run() only settles. The first reason is what people are told. From any
  /// thread.
  virtual void cancel(std::string_view reason) noexcept = 0;
  /// Leaves a sign of life in the database, from another thread than run()'s. Throws Error.
  virtual void beat() = 0;
};

/// Runs tasks, so many at the same time, others in the order they came, and sees to it that those that run
/// give signs of life. May be shared between threads.
class TaskRunner {
 public:
  TaskRunner(std::size_t threads, std::chrono::milliseconds heartbeat);
  /// Cancels what runs and what waits, and sees its end.
  ~TaskRunner();
  TaskRunner(const TaskRunner&) = delete;
  TaskRunner& operator=(const TaskRunner&) = delete;

  void post(std::unique_ptr<BackgroundTask> task);

  /// Ends what works on the image, and does not wait for it.
  void cancel(std::string_view image_id, std::string_view reason) noexcept;

  /// Whether what works on the image has ended by the deadline.
  bool wait_for(std::string_view image_id, Deadline deadline);

  /// Whether all tasks have ended by the deadline.
  bool drain(Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::imports
