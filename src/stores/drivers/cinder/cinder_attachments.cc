#include "stores/drivers/cinder/cinder_attachments.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <utility>

#include "base/error.h"
#include "fetch/patience.h"
#include "stores/driver_rules.h"
#include "stores/drivers/cinder/cinder_documents.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds first_retry{500};
constexpr std::chrono::milliseconds longest_retry{10'000};

/// The first address that the host's name has; some back ends let in no other.
std::string address_of_host(const std::string& host) {
  const addrinfo hints{.ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return "127.0.0.1";
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  char text[NI_MAXHOST] = "";
  const int failed =
      ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return failed ? "127.0.0.1" : text;
}

/// How this host shows itself to Cinder's back ends.
json::object connector_of(const CinderSettings& settings, const CinderNode& node) {
  return {{"initiator", settings.connectors.initiator},
          {"host", node.host()},
          {"ip", address_of_host(node.host())},
          {"platform", "x86_64"},
          {"os_type", "linux"},
          {"multipath", settings.uses_multipath},
          {"mountpoint", node.device()}};
}

Error in_use(const CinderVolume& volume, const Error& refusal) {
  return Error(ErrorCode::unavailable,
               fmt::format("The volume {} cannot be attached: {} If several hosts are to read images at the "
                           "same time, give the store a volume type that allows multiattach.",
                           volume.id, refusal.what()));
}

}  // namespace

HeldVolume::~HeldVolume() {
  owner_.let_go(key_, caller_);
}

std::unique_ptr<VolumeDevice> HeldVolume::open(const StoreCall& call, VolumeAccess access) const {
  const std::string type = text_of_member(connection_, "driver_volume_type");
  return owner_.parts_.connectors.of_type(type).open(call, connection_, access);
}

CinderAttachments::CinderAttachments(const CinderSettings& settings, Parts parts)
    : settings_(settings), parts_(parts), connector_(connector_of(settings, parts.node)) {}

std::unique_ptr<HeldVolume> CinderAttachments::hold(const StoreCall& call, const CinderVolume& volume,
                                                    AttachMode mode) {
  if (volume.is_encrypted) {
    throw Error(ErrorCode::not_supported,
                "The volume is encrypted, and this service reads no encrypted volumes. Set "
                "cinder_volume_type to a type without encryption.");
  }
  std::unique_lock lock(mutex_);
  wait_while_changing(lock, call, volume.id);
  Entry& entry = entries_[volume.id];  // stays where it is as long as it is changing
  if (!entry.attachment) {
    entry.is_changing = true;
    lock.unlock();
    std::optional<CinderAttachment> attachment;
    try {
      attachment = attach_patiently(call, volume, mode);
    } catch (const Error&) {
      lock.lock();
      entries_.erase(volume.id);
      changed_.notify_all();
      throw;
    }
    lock.lock();
    entry.attachment = std::move(attachment);
    entry.is_changing = false;
    changed_.notify_all();
  }
  ++entry.holders;
  return std::unique_ptr<HeldVolume>(new HeldVolume(*this, volume.id, call, entry.attachment->connection));
}

void CinderAttachments::wait_while_changing(std::unique_lock<std::mutex>& lock, const StoreCall& call,
                                            const std::string& key) {
  const auto is_settled = [&] {
    const auto entry = entries_.find(key);
    return entry == entries_.end() || !entry->second.is_changing;
  };
  // What somebody else does to it takes no longer than this.
  const Deadline end = std::min(call.deadline, deadline_in(settings_.times.transition + 2 * clean_up_time));
  if (changed_.wait_until(lock, call.stop, end, is_settled)) return;
  if (call.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The call to the store was cancelled");
  throw Error(ErrorCode::timed_out, "The image's volume is still being attached or detached");
}

void CinderAttachments::let_go(const std::string& key, const model::Caller* caller) noexcept {
  std::unique_lock lock(mutex_);
  Entry& entry = entries_.at(key);
  if (--entry.holders > 0) return;
  entry.is_changing = true;
  const std::string attachment = entry.attachment->id;
  lock.unlock();
  parts_.leftovers.remove({.attachment_id = attachment, .caller = caller_of({.caller = caller})});
  lock.lock();
  entries_.erase(key);
  changed_.notify_all();
}

CinderAttachment CinderAttachments::attach_patiently(const StoreCall& call, const CinderVolume& volume,
                                                     AttachMode mode) {
  std::chrono::milliseconds pause = std::min(first_retry, 2 * settings_.times.first_look);
  for (unsigned attempt = 1;; ++attempt) {
    try {
      return attach(call, volume, mode);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::conflict) throw;
      if (attempt == settings_.attachment_attempts) throw in_use(volume, error);
    }
    fetch::pause(pause, call.stop);
    pause = std::min(2 * pause, longest_retry);
  }
}

CinderAttachment CinderAttachments::attach(const StoreCall& call, const CinderVolume& volume,
                                           AttachMode mode) {
  CinderAttachment attachment = parts_.volumes.attach(call, volume.id, mode, connector_);
  try {
    // Completed before it is used: until then Cinder does not show whose it is.
    parts_.volumes.complete(call, attachment.id);
    // What a file's format is, is only shown later.
    const bool is_whole = text_of_member(attachment.connection, "driver_volume_type") != "nfs";
    return is_whole ? attachment : parts_.volumes.attachment(call, attachment.id);
  } catch (const Error&) {
    parts_.leftovers.remove({.attachment_id = attachment.id, .caller = caller_of(call)});
    throw;
  }
}

}  // namespace vitrine::stores
