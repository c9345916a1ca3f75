#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/rbd/rbd_cluster.h"
#include "stores/drivers/rbd/rbd_leftovers.h"
#include "stores/drivers/rbd_settings.h"

namespace vitrine::stores {

/// Keeps blobs as RBD images in a pool of a Ceph cluster: `rbd://fsid/pool/name/snap`, where `snap` is a
/// protected snapshot, so that volumes can be cloned from it. An image has a hidden name while it is written.
/// One connection serves for the life of the driver. Locations are believed to be of its cluster whatever
/// fsid they name, as a mirror of the cluster has another one.
class RbdDriver : public Driver, private Listing, private Capacity {
 public:
  /// Connects; see RbdCluster.
  explicit RbdDriver(RbdSettings settings);

  /// Of the cluster, as it says itself.
  const std::string& fsid() const { return cluster_.fsid(); }
  const std::string& pool() const { return settings_.pool; }

  Abilities abilities() const override;
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  /// An image of which there are clones that hold up nothing moves to the pool's trash.
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  std::vector<std::string> list(const StoreCall& call) override;
  Space space(const StoreCall& call) override;
  void require_room(std::uint64_t size) const;
  void prepare_trash();

  const RbdSettings settings_;
  const RbdCluster cluster_;
  const bool has_capacity_;
  std::atomic<bool> has_trash_ = false;
  RbdLeftovers leftovers_;
};

}  // namespace vitrine::stores
