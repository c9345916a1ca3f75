#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stores/drivers/cinder/volume_device.h"

namespace vitrine::stores {

/// One way to a logical unit of an iSCSI target.
struct IscsiPath {
  std::string portal;  ///< host:port
  std::string target;  ///< its name
  int unit = 0;

  bool operator==(const IscsiPath&) const = default;
};

/// What a connection of type iscsi says. Holds a secret.
struct IscsiAddress {
  std::vector<IscsiPath> paths;  ///< at least one
  std::string user = {};         ///< of CHAP; empty: the target asks for none
  std::string password = {};
};

/// Throws Error{unavailable} for a connection that makes no sense.
IscsiAddress read_iscsi_connection(const boost::json::object& connection);

/// Reaches volumes that are logical units of iSCSI targets, by the first path that answers.
class IscsiConnector : public VolumeConnector {
 public:
  explicit IscsiConnector(VolumeConnectorSettings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<VolumeDevice> open(const StoreCall& call, const boost::json::object& connection,
                                     VolumeAccess access) override;

 private:
  const VolumeConnectorSettings settings_;
};

}  // namespace vitrine::stores
