#include "stores/drivers/swift/swift_location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr std::array<std::string_view, 4> known_schemes = {"swift", "swift+http", "swift+https",
                                                           "swift+config"};

Error not_of_swift() {
  return Error(ErrorCode::invalid, "The data's location is not one of a swift store");
}

/// Cuts off what stands behind the last slash.
std::string_view cut_last_part(std::string_view& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) throw not_of_swift();
  const std::string_view last = path.substr(slash + 1);
  path = path.substr(0, slash);
  return last;
}

/// The key is what stands behind the last colon, be that encoded or not.
SwiftKeys keys_of(std::string_view text) {
  const auto decoded = percent_decode(text);
  if (!decoded || text.find(':') == std::string_view::npos) throw not_of_swift();
  const auto colon = text.rfind(':');
  SwiftKeys keys{percent_decode(text.substr(0, colon)).value_or(""),
                 percent_decode(text.substr(colon + 1)).value_or("")};
  if (keys.user.empty() || keys.key.empty()) throw not_of_swift();
  return keys;
}

/// As urllib.parse.quote does it.
std::string encoded_credential(std::string_view text) {
  return percent_encode(text, "/");
}

}  // namespace

std::string SwiftLocation::web_address() const {
  return (scheme == "swift+http" ? "http://" : "https://") + address;
}

SwiftLocation parse_swift_location(std::string_view uri) {
  const SplitUri parts = split_uri(uri);
  const bool is_known =
      std::find(known_schemes.begin(), known_schemes.end(), parts.scheme) != known_schemes.end();
  if (!is_known || parts.rest.find("://") != std::string_view::npos) throw not_of_swift();

  SwiftLocation location{.scheme = parts.scheme, .keys = {}, .address = {}, .container = {}, .object = {}};
  std::string_view path = without_slashes(parts.rest);
  location.object = cut_last_part(path);
  location.container = cut_last_part(path);
  if (const auto at = path.rfind('@'); at != std::string_view::npos && !location.is_reference()) {
    location.keys = keys_of(path.substr(0, at));
    path = path.substr(at + 1);
  }
  location.address = without_slashes(path);
  if (location.object.empty() || location.container.empty() || location.address.empty()) throw not_of_swift();
  return location;
}

std::string to_uri(const SwiftLocation& location) {
  const std::string keys = location.keys ? fmt::format("{}:{}@", encoded_credential(location.keys->user),
                                                       encoded_credential(location.keys->key))
                                         : "";
  return fmt::format("{}://{}{}/{}/{}", location.scheme, keys, location.address, location.container,
                     location.object);
}

SwiftLocation swift_location_in(const fetch::Uri& account, const SwiftSettings& settings,
                                std::string_view name) {
  const std::string origin = origin_of(account);
  return {.scheme = "swift+" + account.scheme,
          .keys = {},
          .address = std::string(without_slashes(origin.substr(account.scheme.size() + 3) + account.target)),
          .container = fmt::format("{}_{}", settings.container, name),
          .object = std::string(name)};
}

SwiftLocation new_swift_location(const SwiftSettings& settings, std::string_view name) {
  SwiftLocation location{.scheme = "swift+config",
                         .keys = {},
                         .address = settings.reference,
                         .container = swift_container_of(settings, name),
                         .object = std::string(name)};
  if (settings.has_account_file) return location;
  const SwiftAccount& account = settings.accounts.at(settings.reference);
  location.scheme = account.auth_address.starts_with("http://") ? "swift+http" : "swift+https";
  const auto scheme_end = account.auth_address.find("://");
  const std::string_view address = account.auth_address;
  location.address = without_slashes(scheme_end == address.npos ? address : address.substr(scheme_end + 3));
  if (account.credential_id.empty()) location.keys = SwiftKeys{account.user, account.key};
  return location;
}

}  // namespace vitrine::stores
