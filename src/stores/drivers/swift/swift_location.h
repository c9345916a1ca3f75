#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stores/drivers/swift/swift_settings.h"

namespace vitrine::stores {

/// A user and a password in a location.
struct SwiftKeys {
  std::string user;  ///< `project:user`
  std::string key;

  bool operator==(const SwiftKeys&) const = default;
};

/// Where a swift store's blob lies: `swift[+http|+https]://[user:key@]address/container/object`, with user
/// and key percent-encoded and nothing else, or `swift+config://reference/container/object`.
struct SwiftLocation {
  std::string scheme;
  std::optional<SwiftKeys> keys;
  std::string address;  ///< of the service to log in at or, without keys, of the account; or a reference
  std::string container;
  std::string object;

  bool is_reference() const { return scheme == "swift+config"; }
  /// The address with the scheme of the web.
  std::string web_address() const;

  bool operator==(const SwiftLocation&) const = default;
};

/// Throws Error{invalid} for what is no such location. The message repeats nothing of it.
SwiftLocation parse_swift_location(std::string_view uri);

/// As glance_store writes it, keys included.
std::string to_uri(const SwiftLocation& location);

/// Where a new blob of this name goes in the account of a project.
SwiftLocation swift_location_in(const fetch::Uri& account, const SwiftSettings& settings,
                                std::string_view name);

/// Where a new blob of this name goes in the store's own account.
SwiftLocation new_swift_location(const SwiftSettings& settings, std::string_view name);

}  // namespace vitrine::stores
