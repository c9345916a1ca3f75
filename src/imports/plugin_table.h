#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "imports/plugin.h"

namespace vitrine::imports {

/// What the operator wants of the plugins.
struct PluginSettings {
  std::vector<std::string> names;                ///< in the order in which they run
  std::vector<std::string> ignored_roles;        ///< of callers whose images get no properties
  TextMap injected;                              ///< properties that all others get
  std::uint64_t decompressed_size = UINT64_MAX;  ///< bytes at most
  std::string output_format = "raw";             ///< of conversion
  std::vector<std::string> vmdk_types;           ///< that conversion reads, in VMware's spelling
  std::vector<std::string> tolerated_gpt_failures;
};

using Plugins = std::vector<std::shared_ptr<const ImportPlugin>>;

/// Throws Error{configuration} for a name that no plugin has, and if a program is missing that one needs.
Plugins make_plugins(const PluginSettings& settings);

}  // namespace vitrine::imports
