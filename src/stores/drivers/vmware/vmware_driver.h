#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "stores/driver.h"
#include "stores/drivers/vmware/vmware_files.h"
#include "stores/drivers/vmware/vmware_location.h"
#include "stores/drivers/vmware/vmware_settings.h"
#include "stores/drivers/vmware/vsphere_datastores.h"
#include "stores/drivers/vmware/vsphere_session.h"

namespace vitrine::stores {

/// Keeps blobs as files in a folder on datastores of a vSphere server, each under its own name. Data is
/// always asked of the configured server, whatever host a location names.
class VmwareDriver : public Driver, public Capacity, public Listing {
 public:
  explicit VmwareDriver(VmwareSettings settings);

  /// Throws Error{configuration} for datastores that the server does not have, and what VsphereSession
  /// throws.
  void require_usable();

  Abilities abilities() const override;
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

  /// Of all datastores together.
  Space space(const StoreCall& call) override;
  std::vector<std::string> list(const StoreCall& call) override;

 private:
  VmwareLocation location_of(const DatastoreState& datastore, const std::string& name) const;

  const VmwareSettings settings_;
  VsphereSession session_;
  VsphereDatastores datastores_;
  VmwareFiles files_;
};

/// The driver of a store that is configured in the group, with a session at its server. Throws
/// Error{configuration}, and what VsphereSession throws.
std::unique_ptr<Driver> make_vmware_driver(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
