#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/rbd/rbd_connection.h"
#include "stores/drivers/rbd/rbd_leftovers.h"
#include "stores/drivers/rbd_settings.h"

namespace vitrine::stores {

/// Keeps blobs as RBD images in a pool of a Ceph cluster: `rbd://fsid/pool/name/snap`, where `snap` is a
/// protected snapshot, so that volumes can be cloned from it. An image has a hidden name while it is written.
/// One connection serves for the life of the driver, unless the cluster shuts it out. Locations are believed
/// to be of its cluster whatever fsid they name, as a mirror of the cluster has another one.
class RbdDriver : public Driver, private Listing, private Capacity {
 public:
  /// Connects; see RbdCluster.
  explicit RbdDriver(RbdSettings settings);

  /// Of the cluster, as it says itself.
  std::string fsid() const { return connection_.cluster()->fsid(); }
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
  template <class Step>
  auto on_cluster(const Step& step);
  void require_room(const RbdCluster& cluster, std::uint64_t size) const;
  void discard_in(const RbdPool& pool, const std::string& name);
  void prepare_trash(const RbdCluster& cluster);

  const RbdSettings settings_;
  RbdConnection connection_;
  const bool has_capacity_;
  std::atomic<bool> has_trash_ = false;
  RbdLeftovers leftovers_;
};

}  // namespace vitrine::stores
