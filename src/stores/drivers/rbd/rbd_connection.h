#pragma once

#include <memory>
#include <mutex>

#include "stores/drivers/rbd/rbd_cluster.h"
#include "threads/flights.h"

namespace vitrine::stores {

/// A connection to a cluster, shared by those who use it: an old one ends when the last of them has.
using RbdClusterPtr = std::shared_ptr<const RbdCluster>;

/// A store's connection to its cluster, and a new one when the cluster has shut the old one out: a client on
/// the cluster's blocklist is not let in again however long it waits. May be shared between threads.
class RbdConnection {
 public:
  /// Connects; see RbdCluster. The settings are borrowed.
  explicit RbdConnection(const RbdSettings& settings);

  /// The one that counts now.
  RbdClusterPtr cluster() const;
  /// After a failure of this one: whether there is another now. Throws as RbdCluster does.
  bool renew(const RbdClusterPtr& failed);

 private:
  const RbdSettings& settings_;
  mutable std::mutex mutex_;
  RbdClusterPtr cluster_;
  threads::Flights<int, RbdClusterPtr> renewals_;  ///< all of one key
};

}  // namespace vitrine::stores
