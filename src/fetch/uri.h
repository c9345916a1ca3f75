#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::fetch {

struct Credentials {
  std::string user;
  std::string password;

  bool operator==(const Credentials&) const = default;
};

/// A URI in parts. Every part is checked and in one spelling, so that what a filter saw is what is asked for.
/// May hold credentials: only origin_of() of it is fit for messages.
struct Uri {
  std::string scheme;                      ///< lower case
  std::optional<Credentials> credentials;  ///< decoded
  std::string host;                        ///< as normal_host() writes it: no brackets
  std::optional<std::uint16_t> port;       ///< only if it is written
  std::string target = "/";                ///< path and query, in characters that a URI may hold

  bool operator==(const Uri&) const = default;
};

/// Reads `scheme://[user:password@]host[:port][/path][?query]`; a fragment is dropped. Path and query stay as
/// they are written, but for characters that no URI may hold: those are percent-encoded. Throws
/// Error{invalid}, whose message repeats nothing of the text.
Uri parse_uri(std::string_view text);

/// Whether its scheme is http or https.
bool is_web(const Uri& uri);

/// What `reference`, the value of a Location header, means seen from `base`. A target of the same scheme,
/// host and port keeps the credentials of the base, any other has only its own. Throws Error{invalid}.
Uri resolve(const Uri& base, std::string_view reference);

/// `https://[::1]:8443`: scheme, host, and the port if it is written.
std::string origin_of(const Uri& uri);

/// A host in its one spelling: addresses as inet_ntop(3) writes them, one that maps an IPv4 address into IPv6
/// as IPv4; names in lower case without a dot at the end. Throws Error{invalid} for what is neither,
/// and for numbers that only old resolvers take for addresses: `0x7f000001`, `127.1`, `0177.0.0.1`.
std::string normal_host(std::string_view host);

}  // namespace vitrine::fetch
