#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stores/driver_module.h"
#include "stores/drivers/cinder/volume_connectors.h"
#include "stores/drivers/rbd/rbd_driver.h"
#include "stores/drivers/rbd/rbd_volume.h"
#include "stores/drivers/rbd_settings.h"

/// What the program finds in the module.
namespace vitrine::stores {
namespace {

std::unique_ptr<Driver> make(const config::Config& config, std::string_view group) {
  return std::make_unique<RbdDriver>(read_rbd_settings(config, group));
}

std::vector<std::string> places(const Driver& driver) {
  const auto& rbd = static_cast<const RbdDriver&>(driver);
  return {rbd_place_name(rbd.fsid(), rbd.pool())};
}

std::unique_ptr<VolumeConnector> make_connector(const VolumeConnectorSettings& settings) {
  return std::make_unique<RbdConnector>(settings);
}

}  // namespace
}  // namespace vitrine::stores

extern "C" {
// Looked up by their names; no header declares them.
extern const vitrine::stores::ConnectorModule vitrine_volume_connector;
const vitrine::stores::ConnectorModule vitrine_volume_connector{.make = vitrine::stores::make_connector};
extern const vitrine::stores::DriverModule vitrine_driver_module;
const vitrine::stores::DriverModule vitrine_driver_module{.make = vitrine::stores::make,
                                                          .places = vitrine::stores::places};
}
