#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "stores/drivers/cinder/volume_device.h"
#include "stores/drivers/rbd/rbd_cluster.h"
#include "threads/flights.h"

namespace vitrine::stores {

/// Reaches volumes that are RBD images, as Cinder's connections of type rbd name them. They name monitors and
/// a user; its key is in a keyring of this host. Connections to clusters stay open.
class RbdConnector : public VolumeConnector {
 public:
  explicit RbdConnector(VolumeConnectorSettings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<VolumeDevice> open(const StoreCall& call, const boost::json::object& connection,
                                     VolumeAccess access) override;

 private:
  const RbdCluster& cluster_of(const RbdSettings& wanted);
  const RbdCluster* find(const std::string& key);

  const VolumeConnectorSettings settings_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RbdCluster>> clusters_;  ///< by whatever tells them apart
  threads::Flights<std::string, const RbdCluster*> connecting_;
};

/// Where a connection of type rbd says that the volume's cluster is. Throws Error{unavailable} for one that
/// makes no sense.
RbdSettings rbd_settings_of(const boost::json::object& connection, const VolumeConnectorSettings& settings);

}  // namespace vitrine::stores
