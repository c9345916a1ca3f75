#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "config/resolver.h"

namespace vitrine::config {

/// The sections that [DEFAULT] config_source lists.
std::vector<std::string> remote_sections(const Resolver& resolver);

/// What a section that config_source lists may hold.
inline constexpr std::array<std::string_view, 5> remote_options = {"driver", "uri", "ca_path", "client_cert",
                                                                   "client_key"};

/// What the sources that config_source lists say, the weakest first: the first one listed wins. A source that
/// cannot be read is a finding.
std::vector<Layer> read_remote_layers(const Resolver& resolver, const Search& search,
                                      std::vector<Finding>& findings);

}  // namespace vitrine::config
