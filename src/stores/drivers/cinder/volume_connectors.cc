#include "stores/drivers/cinder/volume_connectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "stores/driver_module.h"

namespace vitrine::stores {
namespace {

/// A type of connection, and the module that knows it.
struct Known {
  std::string_view type;
  std::string_view module;
};

constexpr Known known[] = {{"iscsi", "iscsi"}, {"nfs", "nfs"}, {"rbd", "rbd"}};

Error not_reachable(std::string_view type) {
  return Error(
      ErrorCode::not_supported,
      fmt::format("Volumes with connections of type {} need this host's kernel, which this service does not "
                  "use. Set cinder_volume_type to a type whose volumes are reached by iscsi, nfs or rbd.",
                  type.empty() ? "unknown" : type));
}

}  // namespace

std::vector<std::string_view> installed_connectors() {
  std::vector<std::string_view> types;
  for (const Known& each : known) {
    if (why_no_module(each.module).empty()) types.push_back(each.type);
  }
  return types;
}

std::unique_ptr<VolumeConnector> make_installed_connector(std::string_view type,
                                                          const VolumeConnectorSettings& settings) {
  const auto* found =
      std::find_if(std::begin(known), std::end(known), [&](const Known& each) { return each.type == type; });
  if (found == std::end(known)) throw not_reachable(type);
  if (!has_module(found->module)) {
    throw Error(ErrorCode::not_supported,
                fmt::format("Volumes with connections of type {} need {}, which is not installed. Install "
                            "it, or set cinder_volume_type to another type.",
                            type, module_file(found->module).string()));
  }
  return load_connector(found->module).make(settings);
}

VolumeConnector& VolumeConnectors::of_type(const std::string& type) {
  const std::lock_guard lock(mutex_);
  auto& connector = made_[type];
  if (!connector) connector = make_(type, settings_);
  return *connector;
}

}  // namespace vitrine::stores
