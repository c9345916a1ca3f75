#include "stores/driver_module.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <system_error>

#include "base/error.h"

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

const DriverModule& load_module(std::string_view type) {
  const std::string file = module_file(type).string();
  // Loading it again gives the same module. Its libraries leave threads behind, so it is never unloaded.
  void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  const void* entry = module ? ::dlsym(module, "vitrine_driver_module") : nullptr;
  if (!entry) {
    const char* reason = ::dlerror();
    throw Error(ErrorCode::configuration,
                fmt::format("the driver for stores of type {} cannot be loaded: {}. Install what it needs.",
                            type, reason ? reason : file));
  }
  return *static_cast<const DriverModule*>(entry);
}

}  // namespace vitrine::stores
