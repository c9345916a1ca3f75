#include "stores/driver_module.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <system_error>

#include "base/error.h"
#include "stores/drivers/cinder/volume_connectors.h"

/// Made by cmake/module.cmake from the headers that the program and its modules share.
extern "C" const char vitrine_module_build[];

namespace vitrine::stores {
namespace {

/// What the text of a build begins with.
constexpr std::string_view build_mark = "vitrine module build=";

/// What the module says it was built from; empty: nothing. Read, not asked: classes of another shape are
/// harmful as soon as they are loaded, and missing symbols would be all that is said of them.
std::string build_of(const std::filesystem::path& file) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(file, failure);
  if (failure) return {};
  std::string content(size, '\0');
  std::ifstream(file, std::ios::binary).read(content.data(), static_cast<std::streamsize>(size));
  const auto mark = content.find(build_mark);
  if (mark == std::string::npos) return {};
  const auto begin = mark + build_mark.size();
  return content.substr(begin, content.find('\0', begin) - begin);
}

std::string_view own_build() {
  return std::string_view(vitrine_module_build).substr(build_mark.size());
}

}  // namespace

std::filesystem::path module_file(std::string_view type) {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "lib" / "vitrine" / fmt::format("{}.so", type);
}

bool has_module(std::string_view type) {
  std::error_code ignored;
  return std::filesystem::exists(module_file(type), ignored);
}

std::string why_no_module(std::string_view type) {
  const std::string file = module_file(type).string();
  if (!has_module(type)) {
    return fmt::format(
        "the driver for stores of type {} is not installed: there is no {}. Install it, or take the store "
        "out.",
        type, file);
  }
  const std::string build = build_of(file);
  if (build == own_build()) return {};
  return fmt::format(
      "the driver for stores of type {} does not belong to this program: {} was built with {}, and the "
      "program is {}. Install both from one build.",
      type, file, build.empty() ? "an older version" : build, own_build());
}

namespace {

const void* load(std::string_view module_name, const char* entry_name) {
  const std::string file = module_file(module_name).string();
  void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);  // null unless it was loaded before
  if (!module) {
    if (const std::string fault = why_no_module(module_name); !fault.empty()) {
      throw Error(ErrorCode::configuration, fault);
    }
    // Its libraries leave threads behind, so it is never unloaded.
    module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  }
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
