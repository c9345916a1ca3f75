#include "stores/decorators/late_driver.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace vitrine::stores {

LateDriver::LateDriver(std::string store_id, Make make, const std::string& reason, StoreHealth& health,
                       std::chrono::milliseconds retry_after)
    : store_id_(std::move(store_id)),
      make_(std::move(make)),
      health_(health),
      retry_after_(retry_after),
      next_attempt_(deadline_in(retry_after)) {
  health_.set_trouble(reason);
}

Abilities LateDriver::abilities() const {
  const Driver* driver = ready_;
  return driver ? driver->abilities() : Abilities{};
}

Driver* LateDriver::find() {
  if (!ready_) try_to_make();
  return ready_;
}

Driver& LateDriver::get() {
  if (Driver* driver = find()) return *driver;
  throw Error(ErrorCode::unavailable, fmt::format("Store {} is down.", store_id_));
}

void LateDriver::try_to_make() {
  const std::unique_lock lock(making_, std::try_to_lock);
  if (!lock || ready_ || std::chrono::steady_clock::now() < next_attempt_) return;
  try {
    driver_ = make_();
    ready_ = driver_.get();
    health_.succeeded();
  } catch (const Error& error) {
    next_attempt_ = deadline_in(retry_after_);
    health_.set_trouble(error.what());
  }
}

std::unique_ptr<BlobWriter> LateDriver::create(const StoreCall& call, const BlobName& name,
                                               std::optional<std::uint64_t> size) {
  Driver* driver = find();
  if (!driver) throw Error(ErrorCode::gone, fmt::format("Store {} is down and takes no data.", store_id_));
  return driver->create(call, name, size);
}

std::unique_ptr<BlobReader> LateDriver::open(const StoreCall& call, const Location& location,
                                             ByteRange range) {
  return get().open(call, location, range);
}

std::uint64_t LateDriver::size(const StoreCall& call, const Location& location) {
  return get().size(call, location);
}

void LateDriver::remove(const StoreCall& call, const Location& location) {
  get().remove(call, location);
}

void LateDriver::discard(const StoreCall& call, const BlobName& name) {
  get().discard(call, name);
}

}  // namespace vitrine::stores
