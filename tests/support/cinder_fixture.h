#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "stores/drivers/cinder/cinder_driver.h"
#include "stores/drivers/cinder/iscsi_volume.h"
#include "stores/drivers/cinder/nfs_volume.h"
#include "stores/drivers/rbd/rbd_volume.h"

/// Stores on the Cinder that the environment names; see tests/services/with-cinder.
namespace vitrine::tests {

inline std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; run this beside a Cinder");
  return value;
}

inline stores::CinderSettings cinder_store(const std::string& volume_type) {
  stores::CinderSettings settings;
  settings.store_id = "volumes";
  settings.auth_address = from_environment("CINDER_AUTH_URL");
  settings.account = {.user = from_environment("CINDER_USER"),
                      .user_domain = {.name = "Default"},
                      .password = from_environment("CINDER_PASSWORD"),
                      .project = from_environment("CINDER_PROJECT"),
                      .project_domain = {.name = "Default"}};
  settings.volume_type = volume_type;
  settings.host = "this-host";
  settings.connectors.ceph_directory = from_environment("CINDER_KEYRINGS");
  settings.connectors.initiator = "iqn.2010-10.org.openstack:this-host";
  return settings;
}

/// From the connectors that this program is made of, as it is not the one that loads modules.
inline std::unique_ptr<stores::VolumeConnector> make_linked_connector(
    std::string_view type, const stores::VolumeConnectorSettings& settings) {
  if (type == "rbd") return std::make_unique<stores::RbdConnector>(settings);
  if (type == "iscsi") return std::make_unique<stores::IscsiConnector>(settings);
  if (type == "nfs") return std::make_unique<stores::NfsConnector>(settings);
  throw std::runtime_error(fmt::format("no connector for {}", type));
}

}  // namespace vitrine::tests
