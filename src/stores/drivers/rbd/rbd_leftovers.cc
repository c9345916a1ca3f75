#include "stores/drivers/rbd/rbd_leftovers.h"

#include <fmt/format.h>
#include <rbd/librbd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
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

RbdLeftovers::RbdLeftovers(const RbdCluster& cluster)
    : cluster_(cluster), thread_([this](const std::stop_token& stop) { run(stop); }) {}

RbdLeftovers::~RbdLeftovers() {
  thread_.request_stop();
  thread_.join();
  for (const RbdLeftover& left : waiting_) {
    log::warning("rbd store: image {} in pool {} is left of a failed transfer. The next start removes it.",
                 left.hidden_name, cluster_.pool().name());
  }
}

void RbdLeftovers::remove(RbdLeftover left) noexcept {
  if (!try_to_remove(left)) remove_later(std::move(left));
}

void RbdLeftovers::remove_abandoned(const std::string& hidden_name) {
  const bool is_held = RbdImage(cluster_.pool(), hidden_name, {}, RbdAccess::read).writers() > 0;
  if (is_held) return remove_later({.hidden_name = hidden_name});
  remove({.hidden_name = hidden_name});
}

void RbdLeftovers::remove_later(RbdLeftover left) noexcept {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(left));
  changed_.notify_all();
}

bool RbdLeftovers::try_to_remove(const RbdLeftover& left) const noexcept {
  const RbdPool& pool = cluster_.pool();
  try {
    if (!left.name.empty() && has_id(pool, left.name, left.id)) remove_if_there(pool, left.name);
    remove_if_there(pool, left.hidden_name);
    return true;
  } catch (const Error& error) {
    log::debug("rbd store: image {} cannot be removed yet: {}", left.hidden_name, error.what());
    return false;
  }
}

void RbdLeftovers::add_orphans() {
  try {
    for (const std::string& image : rbd_image_names(cluster_.pool())) {
      if (is_hidden_name(image) && is_orphan(cluster_.pool(), image)) remove_later({.hidden_name = image});
    }
  } catch (const Error& error) {
    log::warning("rbd store: pool {} is not searched for what died writers left: {}", cluster_.pool().name(),
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
                  [&](const RbdLeftover& left) { return !stop.stop_requested() && try_to_remove(left); });
    lock.lock();
    waiting_.insert(waiting_.end(), attempted.begin(), attempted.end());
    if (!waiting_.empty()) changed_.wait_for(lock, stop, between_attempts, [] { return false; });
  }
}

}  // namespace vitrine::stores
