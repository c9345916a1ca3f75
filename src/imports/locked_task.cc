#include "imports/locked_task.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::imports {

/// The task's line in the journal, which goes when everything is settled: that may be long after the task if
/// a store has stalled.
struct LockedTask::Line {
  Line(transfer::Journal& its_journal, std::string task_id) : journal(its_journal), id(std::move(task_id)) {}
  ~Line() {
    if (is_settled) journal.clear(id);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  transfer::Journal& journal;
  const std::string id;
  std::atomic<bool> is_settled = false;
};

LockedTask::LockedTask(const Means& means, model::Caller caller, std::string image_id, std::string task_id,
                       Lock lock)
    : means_(means),
      caller_(std::move(caller)),
      task_id_(std::move(task_id)),
      call_{.caller = &caller_, .stop = stop_.get_token()},
      locked_image_(means_.resources.catalog, std::move(image_id), task_id_),
      is_locked_(lock == Lock::held),
      line_(std::make_shared<Line>(means_.journal, task_id_)),
      last_sign_(std::chrono::steady_clock::now()) {}

LockedTask::~LockedTask() = default;

void LockedTask::run() noexcept {
  try {
    means_.tasks.advance(task_id_, model::TaskStatus::processing, [](model::Task&) {});
    work();
  } catch (...) {
    settle(std::current_exception());
  }
}

void LockedTask::take_lock() {
  if (!means_.resources.catalog.take_import_lock(image_id(), task_id_)) {
    throw Error(ErrorCode::gone, fmt::format("Image {} was taken over by another task.", image_id()));
  }
  is_locked_ = true;
}

void LockedTask::complete(const std::string& message) {
  means_.tasks.advance(task_id_, model::TaskStatus::success, [&](model::Task& task) {
    task.result = boost::json::object{{"image_id", image_id()}};
    task.message = message;
  });
  locked_image_.release();
  clear_line();
}

void LockedTask::settle(const std::exception_ptr& failure) noexcept {
  try {
    const std::string reason = reason_of(failure);
    if (is_locked_ && locked_image_.is_anothers()) {
      // What lies in staging and in stores under the image's name may be the other one's by now.
      means_.unsettled.add(task_id_);
      return means_.tasks.fail(task_id_, reason);
    }
    if (is_locked_) undo();
    means_.tasks.fail(task_id_, reason);
    locked_image_.release();
    clear_line();
  } catch (const std::exception& error) {
    means_.unsettled.add(task_id_);
    log::error("Task {}: what it has failed to do to image {} cannot be undone yet; it is tried again: {}",
               task_id_, image_id(), error.what());
  }
}

std::shared_ptr<const void> LockedTask::until_settled() const {
  return line_;
}

/// The last word, unless a store that stalled still has to let go.
void LockedTask::clear_line() {
  line_->is_settled = true;
  line_ = nullptr;
}

void LockedTask::beat() {
  const auto now = std::chrono::steady_clock::now();
  try {
    means_.tasks.touch(task_id_, progress());
    if (is_locked_) locked_image_.require_lock();
    last_sign_ = now;
  } catch (const Error& error) {
    // Others take a task for dead after ten heartbeats.
    if (!can_retry(error.code()) || now - last_sign_ > 5 * means_.settings.heartbeat) throw;
  }
}

std::string LockedTask::reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    const std::string why_cancelled = cancellation();
    const std::string reason = why_cancelled.empty() ? error.what() : why_cancelled;
    log::warning("Task {} for image {} has failed: {}", task_id_, image_id(), reason);
    if (error.code() != ErrorCode::internal || !why_cancelled.empty()) return reason;
  } catch (const std::exception& error) {
    log::error("Task {} for image {} has failed: {}", task_id_, image_id(), error.what());
  }
  return fmt::format("Task failed due to Internal Error; the log tells more of task {}.", task_id_);
}

void LockedTask::cancel(std::string_view reason) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (cancellation_.empty()) cancellation_ = reason;
  }
  stop_.request_stop();
}

std::string LockedTask::cancellation() {
  const std::lock_guard lock(mutex_);
  return cancellation_;
}

}  // namespace vitrine::imports
