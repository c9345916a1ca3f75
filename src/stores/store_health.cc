#include "stores/store_health.h"

#include <utility>

#include "base/log.h"

namespace vitrine::stores {

StoreHealth::StoreHealth(Metrics& metrics, std::string store_id)
    : store_id_(std::move(store_id)),
      up_(metrics.gauge("vitrine_store_up", "1 as long as a store can be used.", {{"store", store_id_}})) {
  up_.set(1);
}

void StoreHealth::succeeded() noexcept {
  if (is_up_) return;
  const std::lock_guard lock(mutex_);
  if (is_up_.exchange(true)) return;
  reason_.clear();
  up_.set(1);
  log::info("Store {} can be used again.", store_id_);
}

void StoreHealth::failed(const Error& error) noexcept {
  if (is_up_ && can_retry(error.code())) set_trouble(error.what());
}

void StoreHealth::set_trouble(const std::string& reason) noexcept {
  const std::lock_guard lock(mutex_);
  const bool was_up = is_up_.exchange(false);
  if (!was_up && reason_ == reason) return;
  reason_ = reason;
  up_.set(0);
  if (was_up) log::error("Store {} is down: {}", store_id_, reason);
}

std::string StoreHealth::trouble() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

}  // namespace vitrine::stores
