#include "stores/drivers/rbd/rbd_leftovers.h"

#include <fmt/format.h>
#include <rbd/librbd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_writer.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view hidden_start = ".vitrine-";
constexpr std::size_t uuid_length = 36;

constexpr std::chrono::seconds between_attempts{5};
/// A writer leaves its image alone for a moment while it gives it its name.
constexpr std::chrono::minutes orphan_age{10};

std::chrono::seconds age_of(const RbdImage& image) {
  timespec changed{};
  check_rbd(::rbd_get_modify_timestamp(image.handle(), &changed), "ask for an image's age");
  return std::chrono::seconds(std::time(nullptr) - changed.tv_sec);
}

bool is_orphan(const RbdPool& pool, const std::string& name) {
  const RbdImage image(pool, name, {}, RbdAccess::read);
  return image.writers() == 0 && age_of(image) > orphan_age;
}

bool has_id(const RbdPool& pool, const std::string& name, const std::string& id) {
  try {
    return RbdImage(pool, name, {}, RbdAccess::read).id() == id;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return false;
    throw;
  }
}

void remove_if_there(const RbdPool& pool, const std::string& name) {
  try {
    remove_rbd_image(pool, name, rbd_snapshot);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
}

}  // namespace

std::string new_hidden_name(std::string_view name) {
  return fmt::format("{}{}-{}", hidden_start, new_uuid(), name);
}

bool is_hidden_name(std::string_view image) {
  return future_name(image).has_value();
}

std::optional<std::string_view> future_name(std::string_view image) {
  const std::size_t start = hidden_start.size() + uuid_length + 1;
  if (!image.starts_with(hidden_start) || image.size() <= start || image[start - 1] != '-') return {};
  if (!is_uuid(image.substr(hidden_start.size(), uuid_length))) return {};
  return image.substr(start);
}

bool RbdUnended::has_ended() const {
  return std::all_of(operations.begin(), operations.end(),
                     [](const auto& operation) { return operation->has_ended(); });
}

RbdLeftovers::RbdLeftovers(RbdConnection& connection)
    : connection_(connection), thread_([this](const std::stop_token& stop) { run(stop); }) {}

RbdLeftovers::~RbdLeftovers() {
  thread_.request_stop();
  thread_.join();
  for (const RbdLeftover& left : waiting_) {
    log::warning("rbd store: image {} in pool {} is left of a failed transfer. The next start removes it.",
                 left.hidden_name, connection_.cluster()->pool().name());
  }
}

void RbdLeftovers::remove(RbdLeftover left) noexcept {
  if (!try_to_remove(left)) remove_later(std::move(left));
}

void RbdLeftovers::remove_abandoned(const std::string& hidden_name) {
  const RbdClusterPtr cluster = connection_.cluster();
  const bool is_held = RbdImage(cluster->pool(), hidden_name, {}, RbdAccess::read).writers() > 0;
  if (is_held) return remove_later({.hidden_name = hidden_name});
  remove({.hidden_name = hidden_name});
}

void RbdLeftovers::remove_later(RbdLeftover left) noexcept {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(left));
  changed_.notify_all();
}

bool RbdLeftovers::try_to_remove(RbdLeftover& left) noexcept {
  if (left.unended && !left.unended->has_ended()) return false;
  left.unended = nullptr;
  const RbdClusterPtr cluster = connection_.cluster();
  const RbdPool& pool = cluster->pool();
  try {
    if (!left.name.empty() && has_id(pool, left.name, left.id)) remove_if_there(pool, left.name);
    remove_if_there(pool, left.hidden_name);
    return true;
  } catch (const Error& error) {
    log::debug("rbd store: image {} cannot be removed yet: {}", left.hidden_name, error.what());
    if (can_retry(error.code())) renew_connection(cluster);
    return false;
  }
}

/// For the next attempt.
void RbdLeftovers::renew_connection(const RbdClusterPtr& failed) noexcept {
  try {
    connection_.renew(failed);
  } catch (const Error& error) {
    log::debug("rbd store: there is no new connection yet: {}", error.what());
  }
}

void RbdLeftovers::add_orphans() {
  const RbdClusterPtr cluster = connection_.cluster();
  const RbdPool& pool = cluster->pool();
  try {
    for (const std::string& image : rbd_image_names(pool)) {
      if (is_hidden_name(image) && is_orphan(pool, image)) remove_later({.hidden_name = image});
    }
  } catch (const Error& error) {
    log::warning("rbd store: pool {} is not searched for what died writers left: {}", pool.name(),
                 error.what());
  }
}

void RbdLeftovers::run(const std::stop_token& stop) {
  add_orphans();
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
    std::vector<RbdLeftover> attempted = std::exchange(waiting_, {});
    lock.unlock();
    std::erase_if(attempted,
                  [&](RbdLeftover& left) { return !stop.stop_requested() && try_to_remove(left); });
    lock.lock();
    std::move(attempted.begin(), attempted.end(), std::back_inserter(waiting_));
    if (!waiting_.empty()) changed_.wait_for(lock, stop, between_attempts, [] { return false; });
  }
}

}  // namespace vitrine::stores
