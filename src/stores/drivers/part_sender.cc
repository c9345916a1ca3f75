#include "stores/drivers/part_sender.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace vitrine::stores {

PartSender::PartSender(std::string name, const StoreCall& call, const PartLimits& limits)
    : name_(std::move(name)),
      outer_(call),
      limits_(limits),
      call_{.caller = call.caller, .deadline = call.deadline, .stop = stop_.get_token(), .reach = call.reach},
      on_stop_(call.stop, [this] { stop_.request_stop(); }) {}

PartSender::~PartSender() {
  stop();
}

void PartSender::stop() {
  stop_.request_stop();
  pool_.reset();
}

void PartSender::add(std::vector<std::byte> part, std::uint64_t next_size, Send send) {
  const std::uint64_t size = part.size();
  wait_until([&] {
    const bool is_fitting = bytes_in_flight_ + size + next_size <= limits_.memory;
    return in_flight_ == 0 || (is_fitting && in_flight_ < limits_.threads);
  });
  if (!pool_) {
    const std::uint64_t fitting =
        std::max<std::uint64_t>(limits_.memory / std::max<std::uint64_t>(size, 1), 1);
    pool_ = std::make_unique<threads::WorkerPool>(name_, std::min<std::uint64_t>(limits_.threads, fitting));
  }
  {
    const std::lock_guard lock(mutex_);
    ++in_flight_;
    bytes_in_flight_ += size;
  }
  // A task is copied, a part is not.
  auto shared = std::make_shared<std::vector<std::byte>>(std::move(part));
  pool_->post([this, kept = std::move(shared), send = std::move(send)] { send_one(*kept, send); });
}

void PartSender::send_one(const std::vector<std::byte>& part, const Send& send) {
  std::exception_ptr failure;
  try {
    if (stop_.stop_requested()) throw Error(ErrorCode::cancelled, "The upload was given up");
    send(call_, part);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  --in_flight_;
  bytes_in_flight_ -= part.size();
  if (failure) {
    if (!failure_) failure_ = failure;
    stop_.request_stop();
  }
  changed_.notify_all();
}

void PartSender::wait() {
  wait_until([&] { return in_flight_ == 0; });
}

/// Called with the lock held, the function looks at what the lock guards.
void PartSender::wait_until(const std::function<bool()>& is_enough) {
  std::unique_lock lock(mutex_);
  const auto is_over = [&] { return failure_ || is_enough(); };
  const bool is_good = changed_.wait_until(lock, outer_.stop, outer_.deadline, is_over);
  if (failure_) std::rethrow_exception(failure_);
  if (outer_.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The call to the store was cancelled");
  if (!is_good) throw Error(ErrorCode::timed_out, "The store takes the data too slowly");
}

}  // namespace vitrine::stores
