#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "stores/driver.h"
#include "threads/worker_pool.h"

namespace vitrine::stores {

/// Makes calls that may hang, such as stat(2) on a file server that is gone, without hanging the caller. May
/// be shared between threads. Its destructor waits for calls that hang.
class BoundedCalls {
 public:
  struct Limits {
    std::chrono::milliseconds timeout{0};  ///< 0: calls are made directly and may hang
    std::size_t threads = 10;
    std::size_t warn_percent = 75;  ///< of the threads in use: logged from here on
  };

  explicit BoundedCalls(const Limits& limits);

  /// What `body` returns or throws. Throws Error{timed_out} when the time is up and Error{cancelled} when the
  /// call is stopped: `body` may then still be running, so it owns all that it uses; if it had not begun it
  /// never does.
  template <class Result>
  Result run(const StoreCall& call, std::function<Result()> body) {
    const auto result = std::make_shared<std::optional<Result>>();
    run_task(call, [result, body = std::move(body)] { *result = body(); });
    return std::move(**result);
  }

 private:
  void run_task(const StoreCall& call, std::function<void()> task);
  void warn_if_busy();

  Limits limits_;
  threads::WorkerPool pool_;
};

}  // namespace vitrine::stores
