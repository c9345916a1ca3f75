#pragma once

#include <boost/json/object.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "stores/drivers/cinder/cinder_leftovers.h"
#include "stores/drivers/cinder/cinder_node.h"
#include "stores/drivers/cinder/cinder_volumes.h"
#include "stores/drivers/cinder/volume_connectors.h"

namespace vitrine::stores {

class CinderAttachments;

/// A volume attached to this host; detached when destroyed, by whoever holds it last. Lives no longer than
/// the call's caller.
class HeldVolume {
 public:
  ~HeldVolume();
  HeldVolume(const HeldVolume&) = delete;
  HeldVolume& operator=(const HeldVolume&) = delete;

  /// Opens it. The device is closed before the volume is let go. Throws as VolumeConnector::open().
  std::unique_ptr<VolumeDevice> open(const StoreCall& call, VolumeAccess access) const;

 private:
  friend class CinderAttachments;
  HeldVolume(CinderAttachments& owner, std::string key, const StoreCall& call,
             const boost::json::object& connection)
      : owner_(owner), key_(std::move(key)), caller_(call.caller), connection_(connection) {}

  CinderAttachments& owner_;
  const std::string key_;
  const model::Caller* const caller_;
  const boost::json::object connection_;
};

/// Attaches volumes to this host and detaches them, whatever happens. Readers of one volume share an
/// attachment, as most volumes take no second one. May be shared between threads.
class CinderAttachments {
 public:
  struct Parts {
    CinderVolumes& volumes;
    VolumeConnectors& connectors;
    CinderLeftovers& leftovers;
    const CinderNode& node;
  };

  /// Settings and parts are borrowed.
  CinderAttachments(const CinderSettings& settings, Parts parts);

  /// Throws Error{unavailable} for a volume that somebody else uses, Error{not_supported} for one that cannot
  /// be reached. For writing, nobody else may hold it.
  std::unique_ptr<HeldVolume> hold(const StoreCall& call, const CinderVolume& volume, AttachMode mode);

 private:
  friend class HeldVolume;

  struct Entry {
    unsigned holders = 0;
    bool is_changing = false;  ///< somebody attaches or detaches it
    std::optional<CinderAttachment> attachment;
  };

  CinderAttachment attach(const StoreCall& call, const CinderVolume& volume, AttachMode mode);
  CinderAttachment attach_patiently(const StoreCall& call, const CinderVolume& volume, AttachMode mode);
  void wait_while_changing(std::unique_lock<std::mutex>& lock, const StoreCall& call, const std::string& key);
  void let_go(const std::string& key, const model::Caller* caller) noexcept;

  const CinderSettings& settings_;
  const Parts parts_;
  const boost::json::object connector_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Entry> entries_;  ///< by the volume's id
};

}  // namespace vitrine::stores
