#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "stores/driver.h"
#include "threads/worker_pool.h"

namespace vitrine::stores {

/// How many parts of a blob are on their way at the same time.
struct PartLimits {
  std::uint64_t memory;  ///< bytes that all of them may hold
  unsigned threads;
};

/// Sends parts of a blob on threads of its own. The first that fails stops the others, and comes out of the
/// next call. Destroyed, it waits until none is under way. Used by one thread.
class PartSender {
 public:
  /// Sends a part. The call ends with the one that everything is done for, or when another part has failed.
  using Send = std::function<void(const StoreCall& call, Bytes part)>;

  /// `name`: of the threads.
  PartSender(std::string name, const StoreCall& call, const PartLimits& limits);
  ~PartSender();
  PartSender(const PartSender&) = delete;
  PartSender& operator=(const PartSender&) = delete;

  /// Waits while the part and one of `next_size` bytes behind it would take up too much memory; a part that
  /// is alone always may.
  void add(std::vector<std::byte> part, std::uint64_t next_size, Send send);
  /// Waits until all are sent.
  void wait();
  /// The call that parts are to be sent with: it is stopped when another fails.
  const StoreCall& call() const { return call_; }
  /// Gives up what is under way, and waits for it.
  void stop();

 private:
  void send_one(const std::vector<std::byte>& part, const Send& send);
  void wait_until(const std::function<bool()>& is_enough);

  const std::string name_;
  const StoreCall outer_;
  const PartLimits limits_;
  std::stop_source stop_;
  const StoreCall call_;
  const std::stop_callback<std::function<void()>> on_stop_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t in_flight_ = 0;
  std::uint64_t bytes_in_flight_ = 0;
  std::exception_ptr failure_;

  std::unique_ptr<threads::WorkerPool> pool_;  // destroyed first: its tasks use the rest
};

}  // namespace vitrine::stores
