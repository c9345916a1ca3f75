#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "fetch/client.h"
#include "fetch/patience.h"
#include "fetch/uri.h"
#include "stores/place.h"

namespace vitrine::stores {

/// A datastore that images may lie on.
struct VmwareDatastore {
  std::string datacenter;  ///< its inventory path, as it is written
  std::string name;
  std::int64_t weight = 0;

  bool operator==(const VmwareDatastore&) const = default;
};

/// A vmware store's configuration.
struct VmwareSettings {
  fetch::Uri server;
  std::string user;
  std::string password;
  std::string folder;  ///< of the images on each datastore, without a slash at either end
  std::vector<VmwareDatastore> datastores;
  std::string location_host;  ///< as the store's locations name the server
  std::chrono::milliseconds poll_interval{5'000};
  std::chrono::milliseconds task_time_limit{600'000};  ///< of one task of the server
  fetch::ClientSettings client;
  fetch::PatienceSettings patience{.attempts = 11,
                                   .first_pause = std::chrono::milliseconds(100),
                                   .longest_pause = std::chrono::milliseconds(1'000)};
};

/// Reads a store's options from its group. Throws Error{configuration} that says which option is wrong.
VmwareSettings read_vmware_settings(const config::Config& config, std::string_view group);

/// Every option of the store that is wrong in itself.
std::vector<config::Finding> check_vmware_settings(const config::Config& config, std::string_view group);

OptionList vmware_options();

/// The folder on each of the datastores.
std::vector<Place> vmware_places(const config::Config& config, std::string_view group);
std::vector<std::string> vmware_uri_prefixes(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
