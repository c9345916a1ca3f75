#include "stores/drivers/required.h"

#include <fmt/format.h>

#include "base/text.h"

namespace vitrine::stores {

std::vector<config::Finding> missing_options(
    const config::Config& config, std::string_view group, std::string_view type,
    std::initializer_list<const Option<std::optional<std::string>>*> needed) {
  std::vector<std::string> missing;
  for (const auto* option : needed) {
    if (config.get(*option, group).value_or("").empty()) missing.emplace_back(option->name);
  }
  if (missing.empty()) return {};
  config::Finding finding = config.find_group(group).value_or(config::Finding{});
  finding.message =
      fmt::format("[{}] A store of type {} needs {}. Set them.", group, type, join(missing, ", "));
  return {std::move(finding)};
}

}  // namespace vitrine::stores
