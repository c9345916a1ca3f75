#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "apps/commands.h"
#include "base/error.h"
#include "stores/driver_module.h"
#include "stores/driver_table.h"

namespace vitrine::apps {
namespace {

using stores::DriverType;

/// How the driver is there, and why not if it should be.
struct State {
  std::string name;
  std::string fault = {};
};

State state_of(const DriverType& type) {
  if (!type.make) return {"none yet"};
  if (type.modules != nullptr) return {fmt::format("built in: {}", fmt::join(type.modules(), ", "))};
  if (!type.is_module) return {"built in"};
  if (!stores::has_module(type.name)) return {"not installed"};
  try {
    stores::load_module(type.name);
    return {"module"};
  } catch (const Error& error) {
    return {"broken", error.what()};
  }
}

}  // namespace

int run_store_drivers() {
  constexpr auto row = "{:<8} {:<26} {}\n";
  bool is_sound = true;
  fmt::print(fmt::runtime(row), "TYPE", "DRIVER", "URIS");
  for (const DriverType& type : stores::driver_types()) {
    const State state = state_of(type);
    fmt::print(fmt::runtime(row), type.name, state.name, fmt::join(type.schemes, ", "));
    if (state.fault.empty()) continue;
    is_sound = false;
    fmt::print("  {}\n", state.fault);
  }
  return is_sound ? 0 : 1;
}

std::string version_text(std::string_view version) {
  std::vector<std::string_view> types;
  for (const DriverType& type : stores::driver_types()) {
    if (stores::why_no_driver(type).empty()) types.push_back(type.name);
  }
  return fmt::format("vitrine {} (Image API 2.17)\nstores: {}", version, fmt::join(types, ", "));
}

}  // namespace vitrine::apps
