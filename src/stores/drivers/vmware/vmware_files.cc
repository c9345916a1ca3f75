#include "stores/drivers/vmware/vmware_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "stores/driver_rules.h"
#include "stores/drivers/vmware/vsphere_errors.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view mark_of_part = ".vitrine-";
constexpr std::size_t uuid_size = 36;
constexpr std::chrono::milliseconds first_pause{50};

std::string datastore_path(std::string_view datastore, std::string_view path) {
  return fmt::format("[{}] {}", datastore, path);
}

std::string datastore_path(const VmwareLocation& location) {
  return datastore_path(location.datastore, location.path);
}

/// Matches all names that begin so, and maybe more: no character means anything but itself.
std::string pattern_for(std::string_view beginning) {
  std::string pattern;
  for (const char c : beginning) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    pattern += is_plain ? c : '*';
  }
  return pattern + "*";
}

/// Repeats what fails because somebody has the file open: a server needs a moment to see that nobody writes
/// any more.
template <class Action>
void despite_use(const StoreCall& call, const Action& action) {
  fetch::Patience patience({.attempts = 6,
                            .first_pause = std::chrono::milliseconds(100),
                            .longest_pause = std::chrono::milliseconds(2'000)});
  while (true) {
    try {
      return action();
    } catch (const Error& error) {
      const auto pause = patience.next_pause();
      if (error.code() != ErrorCode::conflict || !pause) throw;
      fetch::pause(*pause, call.stop);
    }
  }
}

}  // namespace

std::optional<std::uint64_t> VmwareFiles::size(const StoreCall& call, const VmwareLocation& location) {
  const auto response = session_.ask(call, fetch::Method::head, request_target(location));
  if (response->status() == 404) return {};
  const VspherePurpose purpose{session_.name(), "tell the size of the data"};
  if (response->status() >= 300) throw error_of(response->status(), purpose);
  if (const auto length = response->content_length()) return length;
  throw Error(ErrorCode::unavailable, session_.name() + " does not tell the size of the data");
}

void VmwareFiles::remove(const StoreCall& call, const VsphereObject& datacenter,
                         const VmwareLocation& location) {
  const VsphereFile file{datacenter, datastore_path(location)};
  constexpr std::string_view what = "remove the data";
  const Outcome outcome = run(
      call, [&](const VsphereServices& services) { return ask_to_delete(services, file); }, what);
  if (!outcome.fault) return;
  const Error error = error_of(*outcome.fault, {session_.name(), what});
  const bool was_done = error.code() == ErrorCode::not_found && outcome.is_repeated;
  if (!was_done) throw error;
}

void VmwareFiles::rename(const StoreCall& call, const UnfinishedBlob& blob) {
  try {
    despite_use(call, [&] { rename_once(call, blob); });
  } catch (const Error& error) {
    // Here these are no faults of whoever uploads.
    const bool is_odd = error.code() == ErrorCode::not_found || error.code() == ErrorCode::conflict;
    if (is_odd) throw Error(ErrorCode::unavailable, error.what());
    throw;
  }
}

void VmwareFiles::rename_once(const StoreCall& call, const UnfinishedBlob& blob) {
  const VsphereFile file{blob.datastore.datacenter, datastore_path(blob.part)};
  const std::string new_path = datastore_path(blob.whole);
  constexpr std::string_view what = "give the data its name";
  const Outcome outcome = run(
      call, [&](const VsphereServices& services) { return ask_to_move(services, file, new_path); }, what);
  if (!outcome.fault) return;
  if (outcome.is_repeated && !size(call, blob.part)) return;  // nobody else takes it away
  throw error_of(*outcome.fault, {session_.name(), what});
}

std::vector<std::string> VmwareFiles::names(const StoreCall& call, const DatastoreState& datastore,
                                            std::string_view beginning) {
  const std::string folder = datastore_path(datastore.configured.name, folder_);
  const VsphereObject& browser = datastore.details.browser;
  constexpr std::string_view what = "tell what is on the datastore";
  Outcome outcome = run(
      call, [&](const VsphereServices&) { return ask_for_files(browser, folder, pattern_for(beginning)); },
      what);
  if (outcome.fault && outcome.fault->kind == "FileNotFound") return {};  // there is no folder yet
  if (outcome.fault) throw error_of(*outcome.fault, {session_.name(), what});
  std::erase_if(outcome.task.files, [&](const std::string& name) { return !name.starts_with(beginning); });
  return std::move(outcome.task.files);
}

VmwareFiles::Outcome VmwareFiles::run(const StoreCall& call, const VsphereSession::Call& make,
                                      std::string_view what) {
  VsphereAnswer answer = session_.call(call, make);
  if (answer.fault) return {{}, std::move(answer.fault), answer.is_repeated};
  const auto task = parse_object(answer.document);
  if (!task)
    throw Error(ErrorCode::unavailable, fmt::format("{} starts no task to {}", session_.name(), what));
  VsphereTask ended = wait_for(call, *task, what);
  auto fault = std::move(ended.fault);
  return {std::move(ended), std::move(fault), answer.is_repeated};
}

VsphereTask VmwareFiles::wait_for(const StoreCall& call, const VsphereObject& task, std::string_view what) {
  const Deadline limit = std::min(call.deadline, deadline_in(time_limit_));
  for (auto pause = std::min(first_pause, longest_pause_);; pause = std::min(2 * pause, longest_pause_)) {
    const VsphereAnswer answer = session_.call(
        call, [&](const VsphereServices& services) { return ask_for_task(services, task); },
        VsphereSession::Empty::is_odd);
    if (answer.fault) throw error_of(*answer.fault, {session_.name(), what});
    auto found = parse_task(answer.document);
    if (!found) {
      throw Error(ErrorCode::unavailable,
                  fmt::format("{} tells nothing of the task to {}", session_.name(), what));
    }
    if (found->state == "success" || found->state == "error") return std::move(*found);
    if (deadline_in(pause) > limit) {
      throw Error(ErrorCode::timed_out, fmt::format("{} takes too long to {}", session_.name(), what));
    }
    fetch::pause(pause, call.stop);
  }
}

void VmwareFiles::clean_up(VmwareLeftover leftover) noexcept {
  try {
    remove_leftover(leftover);
  } catch (const Error& error) {
    log::warning("vmware store: {} may be left on the datastore {} until it can be removed: {}",
                 leftover.blob.part.path, leftover.blob.part.datastore, error.what());
    const std::lock_guard lock(mutex_);
    remembered_.push_back(std::move(leftover));
  }
}

void VmwareFiles::retry_clean_up() {
  std::vector<VmwareLeftover> leftovers;
  {
    const std::lock_guard lock(mutex_);
    leftovers.swap(remembered_);
  }
  for (VmwareLeftover& leftover : leftovers) clean_up(std::move(leftover));
}

void VmwareFiles::remove_leftover(const VmwareLeftover& leftover) {
  const StoreCall call{.deadline = deadline_in(clean_up_time)};
  const UnfinishedBlob& blob = leftover.blob;
  const auto take_away = [&](const VmwareLocation& location) {
    despite_use(call, [&] { remove(call, blob.datastore.datacenter, location); });
  };
  try {
    take_away(blob.part);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    if (!leftover.may_be_renamed) return;
    // It has its new name then: nobody else takes it away.
    take_away(blob.whole);
  }
}

std::string name_of_part(const std::string& blob_name) {
  return fmt::format("{}{}{}", blob_name, mark_of_part, new_uuid());
}

bool is_part_of(std::string_view name, std::string_view blob_name) {
  return name.size() == blob_name.size() + mark_of_part.size() + uuid_size && name.starts_with(blob_name) &&
         is_part(name);
}

bool is_part(std::string_view name) {
  if (name.size() <= mark_of_part.size() + uuid_size) return false;
  const std::string_view end = name.substr(name.size() - uuid_size);
  return is_uuid(end) && name.substr(0, name.size() - uuid_size).ends_with(mark_of_part);
}

}  // namespace vitrine::stores
