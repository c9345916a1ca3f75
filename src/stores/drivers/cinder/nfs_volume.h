#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stores/drivers/cinder/volume_device.h"

namespace vitrine::stores {

/// A file of an NFS server, as a connection of type nfs names it.
struct NfsAddress {
  std::string server;
  std::string folder;  ///< that the server exports
  std::string file;    ///< "/name", in that folder
  std::string query;   ///< ports and the like, as libnfs wants them in a URL; empty: the usual ones
};

/// Throws Error{not_supported} for a connection that this service cannot use: files that are not raw, and
/// version 4, over which Debian's libnfs cannot write. Error{unavailable} for one that makes no sense.
NfsAddress read_nfs_connection(const boost::json::object& connection);

/// Reaches volumes that are files of an NFS server, over version 3.
class NfsConnector : public VolumeConnector {
 public:
  explicit NfsConnector(const VolumeConnectorSettings& settings) : patience_(settings.patience) {}

  std::unique_ptr<VolumeDevice> open(const StoreCall& call, const boost::json::object& connection,
                                     VolumeAccess access) override;

 private:
  const std::chrono::seconds patience_;
};

}  // namespace vitrine::stores
