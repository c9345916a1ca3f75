#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "stores/driver.h"

namespace vitrine::stores {

/// What a module with a driver holds under the name `vitrine_driver_module`. Modules are built with the
/// program and are of use to no other one; they say so in a text `vitrine_module_build`.
struct DriverModule {
  /// As DriverType::make.
  std::unique_ptr<Driver> (*make)(const config::Config& config, std::string_view group);
  /// As DriverType::found_places, for a driver that `make` made.
  std::vector<std::string> (*places)(const Driver& driver);
};

/// The file of the module for a type of stores, beside the program: `../lib/vitrine/<type>.so`. It need not
/// be there.
std::filesystem::path module_file(std::string_view type);

/// Whether this installation has the module.
bool has_module(std::string_view type);

/// Why the module for a type of stores is of no use here, and what to do: it is not there, or was built with
/// another program. Empty: nothing is known against it. Does not load it.
std::string why_no_module(std::string_view type);

/// Loads the module, once; it stays for as long as the process. Throws Error{configuration} if it is of no
/// use here, or cannot be loaded, saying what the system misses.
const DriverModule& load_module(std::string_view type);

struct ConnectorModule;

/// The same for what a module has for volumes of Cinder.
const ConnectorModule& load_connector(std::string_view module);

}  // namespace vitrine::stores
