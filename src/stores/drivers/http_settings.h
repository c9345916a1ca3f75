#pragma once

#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "fetch/client.h"
#include "fetch/uri_filter.h"

namespace vitrine::stores {

/// An http store's configuration.
struct HttpSettings {
  fetch::ClientSettings client;
  fetch::UriFilter redirects{{}};  ///< which targets are welcome
};

/// Reads a store's options from its group, and what [import_filtering_opts] says of schemes and hosts. Throws
/// Error{configuration} that says which option is wrong.
HttpSettings read_http_settings(const config::Config& config, std::string_view group);

/// Every option of the store that is wrong in itself.
std::vector<config::Finding> check_http_settings(const config::Config& config, std::string_view group);

/// The options of a store of type `http`.
OptionList http_options();

}  // namespace vitrine::stores
