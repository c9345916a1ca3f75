#include "stores/drivers/cinder/iscsi_volume.h"
#include "stores/drivers/cinder/volume_connectors.h"

/// What the program finds in the module.
namespace vitrine::stores {
namespace {

std::unique_ptr<VolumeConnector> make_iscsi_connector(const VolumeConnectorSettings& settings) {
  return std::make_unique<IscsiConnector>(settings);
}

}  // namespace
}  // namespace vitrine::stores

extern "C" {
// Looked up by its name; no header declares it.
extern const vitrine::stores::ConnectorModule vitrine_volume_connector;
const vitrine::stores::ConnectorModule vitrine_volume_connector{.make =
                                                                    vitrine::stores::make_iscsi_connector};
}
