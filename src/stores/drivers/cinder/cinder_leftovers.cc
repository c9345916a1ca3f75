#include "stores/drivers/cinder/cinder_leftovers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr std::chrono::milliseconds longest_round{60'000};

void note_later(const CinderLeftover& left, const std::exception& error) {
  log::info("cinder store: what is left of volume {} or attachment {} goes later: {}", left.volume_id,
            left.attachment_id, error.what());
}

bool is_refusal(ErrorCode code) {
  return code == ErrorCode::forbidden || code == ErrorCode::storage_denied;
}

}  // namespace

CinderLeftovers::CinderLeftovers(const CinderSettings& settings, CinderVolumes& volumes,
                                 const CinderNode& node)
    : settings_(settings),
      volumes_(volumes),
      node_(node),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

CinderLeftovers::~CinderLeftovers() = default;

void CinderLeftovers::remove(CinderLeftover left) noexcept {
  const StoreCall call{.deadline = deadline_in(clean_up_time)};
  if (!try_to_remove(call, left)) add(std::move(left));
}

void CinderLeftovers::add(CinderLeftover left) {
  if (settings_.has_own_user()) left.caller.reset();  // tokens are kept no longer than they are needed
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(left));
  changed_.notify_all();
}

bool CinderLeftovers::try_to_remove(StoreCall call, const CinderLeftover& left) noexcept {
  if (left.caller) call.caller = &*left.caller;
  try {
    return remove_now(call, left);
  } catch (const Error& error) {
    if (!settings_.has_own_user() && is_refusal(error.code())) {
      log::warning(
          "cinder store: what is left of volume {} or attachment {} stays until somebody removes it, as the "
          "token that it was made with is of no use any more: {}",
          left.volume_id, left.attachment_id, error.what());
      return true;
    }
    note_later(left, error);
  } catch (const std::exception& error) {
    note_later(left, error);
  }
  return false;
}

bool CinderLeftovers::remove_now(const StoreCall& call, const CinderLeftover& left) {
  if (!left.attachment_id.empty()) volumes_.detach(call, left.attachment_id);
  if (!left.volume_id.empty()) return remove_volume(call, left.volume_id);
  if (left.upload.empty()) return true;
  bool are_gone = true;
  const auto found =
      volumes_.list(call, "metadata=" + form_encode(fmt::format("{{'{}':'{}'}}", upload_key, left.upload)));
  for (const CinderVolume& volume : found) {
    const auto upload = volume.metadata.find(upload_key);
    const bool is_meant = upload != volume.metadata.end() && upload->second == left.upload;
    if (is_meant && !remove_volume(call, volume.id)) are_gone = false;
  }
  return are_gone;
}

bool CinderLeftovers::remove_volume(const StoreCall& call, const std::string& id) {
  const auto attachments = volumes_.attachments_of(call, id);
  for (const std::string& attachment : attachments) volumes_.detach(call, attachment);
  const auto volume = volumes_.find(call, id);
  if (!volume) return true;
  if (volume->is_going()) return false;
  if (!volumes_.settle(call, id, settings_.times.settling)) return true;
  volumes_.remove(call, id);
  return false;  // it goes in its own time, and is looked for until it is gone
}

void CinderLeftovers::run(const std::stop_token& stop) {
  const StoreCall call{.stop = stop};
  bool has_looked = false;
  std::chrono::milliseconds pause = settings_.times.first_round;
  {
    // Who is made only to be looked at asks nobody.
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, pause, [] { return false; });
  }
  while (!stop.stop_requested()) {
    try {
      if (!has_looked) look_for_the_dead(call);
      has_looked = true;
    } catch (const Error& error) {
      log::info("cinder store: what earlier processes have left is looked for later: {}", error.what());
    }
    std::vector<CinderLeftover> round;
    {
      const std::lock_guard lock(mutex_);
      round.swap(waiting_);
    }
    std::erase_if(round, [&](const CinderLeftover& left) { return try_to_remove(call, left); });
    std::unique_lock lock(mutex_);
    pause = round.empty() ? settings_.times.first_round : std::min(2 * pause, longest_round);
    waiting_.insert(waiting_.end(), round.begin(), round.end());
    if (has_looked) changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
    changed_.wait_for(lock, stop, pause, [] { return false; });
  }
}

void CinderLeftovers::look_for_the_dead(const StoreCall& call) {
  if (settings_.has_own_user()) return find_leftovers_of_the_dead(call);
  log::info(
      "cinder store: what earlier processes of {} have left is not looked for, as the store has no user of "
      "its own; see volumes with {} in their metadata, and set cinder_store_user_name to have them removed",
      node_.host(), upload_key);
}

void CinderLeftovers::find_leftovers_of_the_dead(const StoreCall& call) {
  const auto unfinished = volumes_.list(
      call, "metadata=" + form_encode(fmt::format("{{'{}':'{}'}}", upload_host_key, node_.host())));
  for (const CinderVolume& volume : unfinished) {
    if (!node_.is_upload_of_the_dead(volume.metadata)) continue;
    log::info("cinder store: volume {} of an upload that died is removed", volume.id);
    add({.volume_id = volume.id});
  }
  const auto used = volumes_.list(call, "status=in-use");
  for (const CinderVolume& volume : used) {
    for (const VolumeUse& use : volume.uses) {
      if (!node_.is_device_of_the_dead(use.device)) continue;
      log::info("cinder store: volume {} is detached from a process that died", volume.id);
      add({.attachment_id = use.attachment_id});
    }
  }
}

}  // namespace vitrine::stores
