#include "api/front_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "api/options.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

constexpr std::string_view cors_group = "cors";

template <class T>
T cors_value(const config::Config& config, const Option<T>& option, std::string_view group) {
  return config.is_set(group, option.name) ? config.get(option, group) : config.get(option);
}

void add_origins(const config::Config& config, std::string_view group,
                 std::vector<std::pair<std::string, CorsRule>>& rules) {
  const CorsRule rule{.allows_credentials = cors_value(config, cors_allow_credentials, group),
                      .exposed_headers = cors_value(config, cors_expose_headers, group),
                      .max_age = cors_value(config, cors_max_age, group),
                      .methods = cors_value(config, cors_allow_methods, group),
                      .headers = cors_value(config, cors_allow_headers, group)};
  for (const std::string& origin : config.get(cors_allowed_origin, group)) rules.emplace_back(origin, rule);
}

/// "9292:/run/glance/out-of-service"
std::optional<HealthCheck::File> port_file(std::string_view text) {
  const auto colon = text.find(':');
  const auto port = parse_unsigned(text.substr(0, colon));
  if (colon == std::string_view::npos || !port || *port == 0 || *port > 65535) return {};
  return HealthCheck::File{std::string(text.substr(colon + 1)), static_cast<std::uint16_t>(*port)};
}

HealthCheck check_named(const config::Config& config, std::string_view name) {
  if (name == disable_by_file) {
    HealthCheck check{HealthCheck::Trouble::present, {}};
    if (const auto path = config.get(disable_by_file_path)) check.files.push_back({*path});
    return check;
  }
  if (name == disable_by_files_ports) {
    HealthCheck check{HealthCheck::Trouble::present, {}};
    for (const std::string& text : config.get(disable_by_file_paths)) {
      check.files.push_back(port_file(text).value());
    }
    return check;
  }
  HealthCheck check{HealthCheck::Trouble::missing, {}};
  for (const std::string& path : config.get(enable_by_file_paths)) check.files.push_back({path});
  return check;
}

template <class T>
config::Finding fault(const config::Config& config, const Option<T>& option, std::string_view what) {
  config::Finding finding = config.where(option.group, option.name);
  finding.message = fmt::format("[{}] {}: {}", option.group, option.name, what);
  return finding;
}

}  // namespace

Cors read_cors(const config::Config& config) {
  std::vector<std::pair<std::string, CorsRule>> rules;
  add_origins(config, cors_group, rules);
  for (const std::string& group : config.groups()) {
    if (group.starts_with("cors.")) add_origins(config, group, rules);
  }
  return Cors(std::move(rules));
}

HealthSettings read_health_settings(const config::Config& config) {
  HealthSettings settings{.checks = {},
                          .source_ranges = {},
                          .refuses_proxied = config.get(ignore_proxied_requests),
                          .is_detailed = config.get(healthcheck_detailed)};
  for (const std::string& name : config.get(healthcheck_backends)) {
    settings.checks.push_back(check_named(config, name));
  }
  for (const std::string& range : config.get(allowed_source_ranges)) {
    settings.source_ranges.push_back(AddressRange::parse(range).value());
  }
  return settings;
}

std::vector<config::Finding> check_health_settings(const config::Config& config) {
  std::vector<config::Finding> findings;
  const TextList checks = config.get(healthcheck_backends);
  const auto has = [&](std::string_view name) {
    return std::find(checks.begin(), checks.end(), name) != checks.end();
  };
  if (has(disable_by_file) && has(enable_by_files)) {
    findings.push_back(fault(config, healthcheck_backends,
                             "disable_by_file and enable_by_files exclude each other. Remove one of them."));
  }
  for (const std::string& text : config.get(disable_by_file_paths)) {
    if (!port_file(text)) {
      findings.push_back(
          fault(config, disable_by_file_paths,
                fmt::format("'{}' is not PORT:PATH, such as 9292:/run/out-of-service.", text)));
    }
  }
  for (const std::string& range : config.get(allowed_source_ranges)) {
    if (!AddressRange::parse(range)) {
      findings.push_back(
          fault(config, allowed_source_ranges,
                fmt::format("'{}' is no network. Write its first address and its prefix, as in 10.0.0.0/8.",
                            range)));
    }
  }
  return findings;
}

}  // namespace vitrine::api
