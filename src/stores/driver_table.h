#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "stores/driver.h"

namespace vitrine::stores {

/// A storage technology that a store can be configured for.
struct DriverType {
  std::string_view name;                      ///< as operators write it
  std::string_view alias;                     ///< the same, as older configurations write it
  std::span<const std::string_view> schemes;  ///< of the URIs that it reads
  OptionList (*options)();
  /// Every option of the group that is wrong in itself; reaches out to nothing.
  std::vector<config::Finding> (*check)(const config::Config& config, std::string_view group);
  /// Throws Error{configuration} if the store cannot be used as the group's options say.
  std::unique_ptr<Driver> (*make)(const config::Config& config, std::string_view group);
};

/// All of them.
std::span<const DriverType> driver_types();

/// By name or alias; null if there is none.
const DriverType* find_driver_type(std::string_view name);

}  // namespace vitrine::stores
