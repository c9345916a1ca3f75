#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "stores/driver.h"
#include "stores/store_health.h"

namespace vitrine::stores {

/// Stands for a driver that could not be made when the service started, and makes it as soon as that works:
/// a call that comes `retry_after` or longer behind the last attempt tries again, others fail at once. Until
/// then it takes no data (Error{gone}, as Glance says it) and its blobs are Error{unavailable}.
class LateDriver : public Driver {
 public:
  using Make = std::function<std::unique_ptr<Driver>()>;

  /// `reason`: why it could not be made. The health is borrowed.
  LateDriver(std::string store_id, Make make, const std::string& reason, StoreHealth& health,
             std::chrono::milliseconds retry_after = std::chrono::seconds{10});

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
  void try_to_make();

  const std::string store_id_;
  const Make make_;
  StoreHealth& health_;
  const std::chrono::milliseconds retry_after_;
  std::atomic<Driver*> ready_{nullptr};
  std::mutex making_;  // held by the one who tries
  Deadline next_attempt_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace vitrine::stores
