#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "stores/driver.h"
#include "stores/place.h"

namespace vitrine::stores {

/// A storage technology that a store can be configured for. Its functions read the options of the store's
/// group; all but `make` reach out to no other machine, and those that may be null have nothing to say.
struct DriverType {
  std::string_view name;                      ///< as operators write it
  std::string_view alias;                     ///< the same, as older configurations write it
  std::span<const std::string_view> schemes;  ///< of the URIs that it reads
  /// False for a type that only reads what locations point to elsewhere.
  bool keeps_data = true;
  OptionList (*options)();
  /// Everything that is wrong with the group's options or missing among them.
  std::vector<config::Finding> (*check)(const config::Config& config, std::string_view group);
  /// Throws Error{configuration} if the options do not tell.
  std::vector<Place> (*places)(const config::Config& config, std::string_view group) = nullptr;
  /// What the URIs of the store's own blobs start with; see glance_store's url_prefix.
  std::vector<std::string> (*uri_prefixes)(const config::Config& config, std::string_view group) = nullptr;
  /// What `GET /v2/info/stores/detail` tells of such a store.
  boost::json::object (*properties)(const config::Config& config, std::string_view group) = nullptr;
  /// Throws Error{configuration} if the store cannot be used as the options say. Null: this version knows the
  /// type and has no driver for it.
  std::unique_ptr<Driver> (*make)(const config::Config& config, std::string_view group) = nullptr;
  /// Names as in Place::names that only a driver that is made knows.
  std::vector<std::string> (*found_places)(const Driver& driver) = nullptr;
  /// The driver is in a module that is loaded with the first store of the type, and may not be installed.
  bool is_module = false;
  /// What it reaches data by that is in modules, too: of these the ones that are installed.
  std::vector<std::string_view> (*modules)() = nullptr;
  /// Making the driver waits for another machine.
  bool reaches_out = false;
};

/// Why there can be no store of the type here, and what to do about it; empty: there can.
std::string why_no_driver(const DriverType& type);

/// All of them.
std::span<const DriverType> driver_types();

/// By name or alias; null if there is none.
const DriverType* find_driver_type(std::string_view name);

}  // namespace vitrine::stores
