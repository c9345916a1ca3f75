#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/uri.h"

namespace vitrine::fetch {

/// Which proxy is asked for what.
struct Proxies {
  std::map<std::string, Uri> by_scheme;  ///< the scheme of what is asked for
  /// Hosts that are asked directly: "mirror.example" with all below it, "mirror.example:8080" at that port
  /// alone, an address, or "*" for every host.
  std::vector<std::string> exempt;
};

/// The proxy's URI, from `host[:port]` or `http://[user:password@]host[:port]`. Throws Error{invalid}, whose
/// message repeats nothing of the text.
Uri parse_proxy(std::string_view text);

/// What the variables http_proxy, https_proxy and no_proxy say, in lower or upper case; lower case counts
/// first. `variable` gives the value of an environment variable. Throws Error{configuration} that names the
/// variable.
Proxies proxies_of(const std::function<std::optional<std::string>(const std::string& name)>& variable);

/// Whether the host is among the exempt ones.
bool is_exempt(const Uri& uri, const std::vector<std::string>& exempt);

}  // namespace vitrine::fetch
