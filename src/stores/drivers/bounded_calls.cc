#include "stores/drivers/bounded_calls.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::stores {
namespace {

/// A task on its way through the pool; owned by the caller who waits and by the pool.
class Ticket {
 public:
  explicit Ticket(std::function<void()> task) : task_(std::move(task)) {}

  void run() {
    if (!begin()) return;
    std::exception_ptr error;
    try {
      task_();
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    is_done_ = true;
    done_.notify_all();
  }

  void wait(const std::stop_token& stop, Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (done_.wait_until(lock, stop, deadline, [this] { return is_done_; })) {
      // The caller alone holds the exception from here on.
      if (const std::exception_ptr error = std::exchange(error_, nullptr)) std::rethrow_exception(error);
      return;
    }
    is_abandoned_ = true;
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "The call to the store was cancelled");
    throw Error(ErrorCode::timed_out, "The store's file system did not answer in time");
  }

 private:
  bool begin() {
    const std::lock_guard lock(mutex_);
    return !is_abandoned_;
  }

  std::function<void()> task_;
  std::mutex mutex_;
  std::condition_variable_any done_;
  std::exception_ptr error_;
  bool is_done_ = false;
  bool is_abandoned_ = false;
};

}  // namespace

BoundedCalls::BoundedCalls(const Limits& limits) : limits_(limits), pool_("file-calls", limits.threads) {}

void BoundedCalls::run_task(const StoreCall& call, std::function<void()> task) {
  if (limits_.timeout.count() == 0) return task();
  const auto ticket = std::make_shared<Ticket>(std::move(task));
  pool_.post([ticket] { ticket->run(); });
  warn_if_busy();
  ticket->wait(call.stop, std::min(call.deadline, deadline_in(limits_.timeout)));
}

void BoundedCalls::warn_if_busy() {
  const std::size_t load = pool_.load();
  if (load * 100 < limits_.warn_percent * pool_.size()) return;
  log::warning("A file store's calls to its file system are slow: {} under way, {} threads", load,
               pool_.size());
}

}  // namespace vitrine::stores
