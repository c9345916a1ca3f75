#include "stores/driver_module.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <system_error>

#include "base/error.h"
#include "stores/drivers/cinder/volume_connectors.h"

namespace vitrine::stores {

std::filesystem::path module_file(std::string_view type) {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "lib" / "vitrine" / fmt::format("{}.so", type);
}

bool has_module(std::string_view type) {
  std::error_code ignored;
  return std::filesystem::exists(module_file(type), ignored);
}

namespace {

const void* load(std::string_view module_name, const char* entry_name) {
  const std::string file = module_file(module_name).string();
  // Loading it again gives the same module. Its libraries leave threads behind, so it is never unloaded.
  void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  const void* entry = module ? ::dlsym(module, entry_name) : nullptr;
  if (!entry) {
    const char* reason = ::dlerror();
    throw Error(ErrorCode::configuration,
                fmt::format("the driver for stores of type {} cannot be loaded: {}. Install what it needs.",
                            module_name, reason ? reason : file));
  }
  return entry;
}

}  // namespace

const DriverModule& load_module(std::string_view type) {
  return *static_cast<const DriverModule*>(load(type, "vitrine_driver_module"));
}

const ConnectorModule& load_connector(std::string_view module) {
  return *static_cast<const ConnectorModule*>(load(module, "vitrine_volume_connector"));
}

}  // namespace vitrine::stores
