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
#include "fetch/uri.h"
#include "stores/drivers/swift/swift_account.h"
#include "stores/place.h"

namespace vitrine::stores {

/// How blobs are cut up. Sizes in bytes.
struct SwiftSegmentSizes {
  std::uint64_t large_from = 5'242'880'000;  ///< a blob that is known to be smaller is one object
  std::uint64_t segment = 204'800'000;
  std::uint64_t memory = std::uint64_t{54} << 20;  ///< most that one writer holds in segments
  unsigned threads = 8;                            ///< segments of one blob on their way at the same time
  bool is_static = false;                          ///< the manifest lists the segments
};

/// How Swift is found in Keystone's catalog.
struct SwiftEndpointChoice {
  std::optional<fetch::Uri> fixed;  ///< the account's URL, whatever the catalog says
  std::string service_type = "object-store";
  std::string interface = "public";
  std::string region;  ///< empty: any
};

/// A swift store's configuration.
struct SwiftSettings {
  SwiftAccounts accounts;
  std::string reference;  ///< of the account that new data goes to
  /// Locations name the reference and hold no credentials.
  bool has_account_file = false;
  SwiftEndpointChoice endpoint;
  std::string container = "glance";
  std::size_t seed = 0;  ///< characters of the blob's name that spread blobs over containers
  bool creates_containers = false;
  /// Each blob has a container of its own, in the account of the project whose token comes with the call.
  bool is_multi_tenant = false;
  bool uses_trusts = true;  ///< so that a caller's upload may last longer than the caller's token
  std::vector<std::string> admin_projects;  ///< ids of those that may read and write all such containers
  std::string identity_address;             ///< of the Keystone that knows tokens of calls; may be empty
  SwiftSegmentSizes sizes;
  std::chrono::seconds renewal_time{60};  ///< before a token's end
  fetch::ClientSettings client;
  fetch::PatienceSettings patience{.attempts = 5,
                                   .first_pause = std::chrono::milliseconds(200),
                                   .longest_pause = std::chrono::milliseconds(5'000)};
};

/// Reads a store's options from its group. Throws Error{configuration} that says which option is wrong.
SwiftSettings read_swift_settings(const config::Config& config, std::string_view group);

/// Every option of the store that is wrong in itself.
std::vector<config::Finding> check_swift_settings(const config::Config& config, std::string_view group);

OptionList swift_options();

/// The container in its account. Of a store in the projects' own accounts only the service is known.
std::vector<Place> swift_places(const config::Config& config, std::string_view group);
std::vector<std::string> swift_uri_prefixes(const config::Config& config, std::string_view group);
boost::json::object swift_properties(const config::Config& config, std::string_view group);

/// The container that the blob of this name goes to.
std::string swift_container_of(const SwiftSettings& settings, std::string_view name);

}  // namespace vitrine::stores
