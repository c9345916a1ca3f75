#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "stores/driver.h"
#include "stores/store_health.h"

namespace vitrine::stores {

/// Stands for a driver that cannot be made yet, and makes it as soon as that works: a call that comes
/// `retry_after` or longer behind the last attempt tries again. An attempt has a thread of its own, and
/// nobody waits for one longer than `patience` after its begin; who comes later fails at once. Until then it
/// takes no data (Error{gone}, as Glance says it) and its blobs are Error{unavailable}.
class LateDriver : public Driver {
 public:
  using Make = std::function<std::unique_ptr<Driver>()>;

  struct Times {
    std::chrono::milliseconds retry_after = std::chrono::seconds{10};
    std::chrono::milliseconds patience = std::chrono::seconds{2};
  };

  /// Begins the first attempt at once. The health is borrowed.
  LateDriver(std::string store_id, Make make, StoreHealth& health, Times times);
  /// For what an attempt has failed to make already; `reason` says why.
  LateDriver(std::string store_id, Make make, StoreHealth& health, Times times, const std::string& reason);
  /// Waits for the end of an attempt.
  ~LateDriver() override;

  /// Waits for the attempt under way, but not beyond the patience. Returns how the last one failed; nothing
  /// if it did not, or is still under way.
  std::optional<Error> first_failure();

  Abilities abilities() const override;
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  /// The driver; null while it cannot be made.
  Driver* find();
  /// The driver. Throws Error{unavailable} while it cannot be made.
  Driver& get();
  void begin_if_due();
  void begin();
  void try_to_make();
  void wait_patiently();

  const std::string store_id_;
  const Make make_;
  StoreHealth& health_;
  const Times times_;
  std::atomic<Driver*> ready_{nullptr};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_trying_ = false;
  Deadline patience_end_;  ///< of the attempt under way
  Deadline next_attempt_;
  std::optional<Error> failure_;  ///< of the last attempt
  std::unique_ptr<Driver> driver_;
  std::jthread attempt_;  // last: it uses the rest
};

}  // namespace vitrine::stores
