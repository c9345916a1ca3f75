#include "stores/driver_table.h"

#include <algorithm>

#include "stores/drivers/file_driver.h"
#include "stores/drivers/file_settings.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view file_schemes[] = {"file", "filesystem"};

std::unique_ptr<Driver> make_file_driver(const config::Config& config, std::string_view group) {
  return std::make_unique<FileDriver>(read_file_settings(config, group));
}

constexpr DriverType types[] = {
    {"file", "glance.store.filesystem.Store", file_schemes, file_options, check_file_settings,
     make_file_driver},
};

}  // namespace

std::span<const DriverType> driver_types() {
  return types;
}

const DriverType* find_driver_type(std::string_view name) {
  const auto found = std::find_if(std::begin(types), std::end(types), [&](const DriverType& type) {
    return type.name == name || type.alias == name;
  });
  return found == std::end(types) ? nullptr : found;
}

}  // namespace vitrine::stores
