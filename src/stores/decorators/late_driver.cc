#include "stores/decorators/late_driver.h"

#include <fmt/format.h>

#include <utility>

namespace vitrine::stores {

LateDriver::LateDriver(std::string store_id, Make make, StoreHealth& health, Times times)
    : store_id_(std::move(store_id)), make_(std::move(make)), health_(health), times_(times) {
  const std::lock_guard lock(mutex_);
  begin();
}

LateDriver::LateDriver(std::string store_id, Make make, StoreHealth& health, Times times,
                       const std::string& reason)
    : store_id_(std::move(store_id)),
      make_(std::move(make)),
      health_(health),
      times_(times),
      next_attempt_(deadline_in(times.retry_after)) {
  health_.set_trouble(reason);
}

LateDriver::~LateDriver() = default;

Abilities LateDriver::abilities() const {
  const Driver* driver = ready_;
  return driver ? driver->abilities() : Abilities{};
}

Driver* LateDriver::find() {
  if (!ready_) {
    begin_if_due();
    wait_patiently();
  }
  return ready_;
}

Driver& LateDriver::get() {
  if (Driver* driver = find()) return *driver;
  throw Error(ErrorCode::unavailable, fmt::format("Store {} is down.", store_id_));
}

void LateDriver::begin_if_due() {
  const std::lock_guard lock(mutex_);
  if (is_trying_ || ready_ || std::chrono::steady_clock::now() < next_attempt_) return;
  begin();
}

/// Under the lock, when no attempt is under way.
void LateDriver::begin() {
  is_trying_ = true;
  patience_end_ = deadline_in(times_.patience);
  attempt_ = std::jthread([this] { try_to_make(); });
}

void LateDriver::try_to_make() {
  std::unique_ptr<Driver> made;
  std::optional<Error> failure;
  try {
    made = make_();
  } catch (const Error& error) {
    failure = error;
  } catch (const std::exception& error) {
    failure = Error(ErrorCode::internal, error.what());
  }
  const std::lock_guard lock(mutex_);
  if (failure) {
    health_.set_trouble(failure->what());
  } else {
    health_.succeeded();
  }
  driver_ = std::move(made);
  ready_ = driver_.get();
  failure_ = std::move(failure);
  next_attempt_ = deadline_in(times_.retry_after);
  is_trying_ = false;
  changed_.notify_all();
}

void LateDriver::wait_patiently() {
  std::unique_lock lock(mutex_);
  if (changed_.wait_until(lock, patience_end_, [&] { return !is_trying_; })) return;
  if (health_.trouble().empty()) health_.set_trouble("it does not answer; the service goes on trying.");
}

std::optional<Error> LateDriver::first_failure() {
  wait_patiently();
  const std::lock_guard lock(mutex_);
  return is_trying_ ? std::nullopt : failure_;
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
