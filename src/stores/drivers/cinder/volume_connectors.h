#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "stores/drivers/cinder/volume_device.h"

namespace vitrine::stores {

/// What a module with a connector holds under the name `vitrine_volume_connector`. Modules are built with the
/// program and for no other one.
struct ConnectorModule {
  std::unique_ptr<VolumeConnector> (*make)(const VolumeConnectorSettings& settings);
};

/// Makes a connector for a type of connection. Throws Error{not_supported} if there is none.
using MakeConnector =
    std::function<std::unique_ptr<VolumeConnector>(std::string_view type, const VolumeConnectorSettings&)>;

/// The types of connections for which this installation has a module.
std::vector<std::string_view> installed_connectors();

/// From the module that this installation has for the type.
std::unique_ptr<VolumeConnector> make_installed_connector(std::string_view type,
                                                          const VolumeConnectorSettings& settings);

/// The connectors of a store, each made when a volume first needs it. May be shared between threads.
class VolumeConnectors {
 public:
  VolumeConnectors(VolumeConnectorSettings settings, MakeConnector make)
      : settings_(std::move(settings)), make_(std::move(make)) {}

  /// `type` is a connection's driver_volume_type. Throws as MakeConnector.
  VolumeConnector& of_type(const std::string& type);

 private:
  const VolumeConnectorSettings settings_;
  const MakeConnector make_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<VolumeConnector>> made_;
};

}  // namespace vitrine::stores
