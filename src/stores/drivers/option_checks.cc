#include "stores/drivers/option_checks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::stores {

Error faulty(std::string_view option, std::string_view what) {
  return Error(ErrorCode::configuration, fmt::format("{}: {}", option, what));
}

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

std::string readable_file(std::string_view option, std::string file) {
  std::error_code ignored;
  const bool is_good =
      file.empty() || (std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), R_OK) == 0);
  if (is_good) return file;
  throw faulty(option, fmt::format("{} is not a file that can be read", file));
}

std::vector<config::Finding> option_faults(const config::Config& config, std::string_view group,
                                           std::initializer_list<OptionCheck> checks) {
  std::vector<config::Finding> findings;
  for (const auto& [option, check] : checks) {
    try {
      check();
    } catch (const Error& error) {
      findings.push_back(config.where(group, option));
      findings.back().message = fmt::format("[{}] {}", group, error.what());
    }
  }
  return findings;
}

}  // namespace vitrine::stores
