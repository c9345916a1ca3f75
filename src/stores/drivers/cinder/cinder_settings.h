#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "fetch/client.h"
#include "fetch/patience.h"
#include "keystone/login.h"
#include "keystone/service_catalog.h"
#include "stores/drivers/cinder/volume_device.h"
#include "stores/place.h"

namespace vitrine::stores {

/// How long Cinder may take for what it does in its own time.
struct CinderTimes {
  std::chrono::milliseconds transition{300'000};  ///< of a volume from one state to another
  std::chrono::milliseconds first_look{100};      ///< behind the request; the pauses then double
  std::chrono::milliseconds longest_pause{15'000};
  std::chrono::milliseconds resize{20'000};      ///< of an attached device, after its volume has grown
  std::chrono::milliseconds settling{5'000};     ///< of a volume that is to be removed
  std::chrono::milliseconds first_round{1'000};  ///< between attempts to remove; the pauses then double
  std::chrono::milliseconds removal{10'000};     ///< within which a volume that cannot be removed may say so
};

/// A cinder store's configuration. Holds secrets.
struct CinderSettings {
  std::string store_id;       ///< as locations name it; empty: they name none
  std::string auth_address;   ///< empty: cinder_endpoint_template is enough
  keystone::Account account;  ///< of nobody: the store asks with the token of whoever calls
  keystone::EndpointChoice endpoint{.type = "volumev3", .interface = "public", .region = ""};
  std::string endpoint_template;  ///< empty: as the catalog says
  std::string volume_type;        ///< empty: Cinder's default
  bool uses_multipath = false;
  bool extends_attached = false;
  unsigned attachment_attempts = 5;
  std::string host;  ///< this machine, as attachments name it
  CinderTimes times;
  VolumeConnectorSettings connectors;
  fetch::ClientSettings client;
  fetch::PatienceSettings patience{.attempts = 4,
                                   .first_pause = std::chrono::milliseconds(200),
                                   .longest_pause = std::chrono::milliseconds(5'000)};
  /// Bytes that Cinder counts as one; fewer than it really does make tests of growth short.
  std::uint64_t gibibyte = std::uint64_t{1} << 30;

  bool has_own_user() const { return !account.user.empty() || !account.credential_id.empty(); }
};

/// Reads a store's options from its group. Throws Error{configuration} that says which option is wrong.
CinderSettings read_cinder_settings(const config::Config& config, std::string_view group);

/// Every option of the store that is wrong in itself.
std::vector<config::Finding> check_cinder_settings(const config::Config& config, std::string_view group);

OptionList cinder_options();

/// What a person calls the volumes that the store's are among.
std::string cinder_place(const CinderSettings& settings);

/// The volumes of a type in a project.
std::vector<Place> cinder_places(const config::Config& config, std::string_view group);
std::vector<std::string> cinder_uri_prefixes(const config::Config& config, std::string_view group);
boost::json::object cinder_properties(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
