#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "fetch/version.h"
#include "stores/driver.h"
#include "stores/drivers/resuming_reader.h"
#include "stores/drivers/vmware/vmware_location.h"
#include "stores/drivers/vmware/vsphere_session.h"

namespace vitrine::stores {

/// Gets the data of a blob from its datastore. These servers know no If-Match, so that what they say of the
/// file's version is compared here.
class VmwareSource : public DataSource {
 public:
  /// The session is borrowed.
  VmwareSource(VsphereSession& session, const StoreCall& call, VmwareLocation location)
      : session_(session), call_(call), location_(std::move(location)) {}

  std::unique_ptr<fetch::Response> ask(const DataQuestion& question) override;
  std::optional<std::uint64_t> size() override;

 private:
  VsphereSession& session_;
  const StoreCall call_;
  const VmwareLocation location_;
  std::optional<fetch::Version> version_;  ///< of what was sent first
};

}  // namespace vitrine::stores
