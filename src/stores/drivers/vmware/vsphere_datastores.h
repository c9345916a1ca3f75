#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/vmware/vmware_settings.h"
#include "stores/drivers/vmware/vsphere_documents.h"
#include "stores/drivers/vmware/vsphere_session.h"

namespace vitrine::stores {

/// One of the store's datastores as the server has it now.
struct DatastoreState {
  VmwareDatastore configured;
  VsphereObject datacenter;
  VsphereDatastore details;
};

/// The datastores of a store. They are looked up whenever they are needed, so that one that was made anew
/// under its name is found. May be shared between threads.
class VsphereDatastores {
 public:
  /// The session is borrowed.
  VsphereDatastores(VsphereSession& session, std::vector<VmwareDatastore> configured)
      : session_(session), configured_(std::move(configured)) {}

  /// Throws Error{configuration} if the server does not have all of them.
  void require_all(const StoreCall& call);

  /// Those that are there and can be used. What is missing is logged.
  std::vector<DatastoreState> usable(const StoreCall& call);

  /// The reference of a datacenter; nothing if there is none.
  std::optional<VsphereObject> datacenter(const StoreCall& call, const std::string& path);

 private:
  std::vector<DatastoreState> find(const StoreCall& call, std::vector<std::string>& missing);
  std::vector<VsphereDatastore> datastores_of(const StoreCall& call, const VsphereObject& datacenter);

  VsphereSession& session_;
  const std::vector<VmwareDatastore> configured_;
};

/// Where a blob of that size goes, 0 if it is not known: of those with the largest weight the one with the
/// most room, and those with less weight if that is not enough. Throws Error{storage_full}, and
/// Error{storage_denied} if there are no datastores.
const DatastoreState& choose_datastore(const std::vector<DatastoreState>& datastores, std::uint64_t size);

}  // namespace vitrine::stores
