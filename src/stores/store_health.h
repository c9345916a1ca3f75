#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "base/error.h"
#include "base/metrics.h"

namespace vitrine::stores {

/// Whether a store can be used, as the calls to it find out. Changes are logged and counted in the gauge
/// `vitrine_store_up`. May be shared between threads.
class StoreHealth {
 public:
  StoreHealth(Metrics& metrics, std::string store_id);

  /// A call did what it should.
  void succeeded() noexcept;
  /// A call failed. Only what says that the store cannot be reached counts, and the first reason stays.
  void failed(const Error& error) noexcept;
  /// The store cannot be used until further notice, whatever the reason.
  void set_trouble(const std::string& reason) noexcept;

  /// Why the store cannot be used; empty: it can.
  std::string trouble() const;

 private:
  const std::string store_id_;
  Metrics::Gauge up_;
  std::atomic<bool> is_up_{true};  // spares the lock as long as all is well
  mutable std::mutex mutex_;
  std::string reason_;
};

}  // namespace vitrine::stores
