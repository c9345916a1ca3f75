#include "apps/configuration.h"

#include <fmt/format.h>

#include <filesystem>

#include "access/policy.h"
#include "access/property_protections.h"
#include "api/front_settings.h"
#include "api/operator_schema.h"
#include "apps/guard.h"
#include "apps/options.h"
#include "apps/project_limits.h"
#include "apps/settings.h"
#include "base/error.h"
#include "base/log.h"
#include "config/glance_options.h"
#include "stores/store_config.h"

namespace vitrine::apps {
namespace {

using config::Finding;

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Where the log goes; empty: standard error.
std::string log_path(const config::Config& config, const std::string& program) {
  if (config.get(use_stderr)) return {};
  const std::optional<std::string> file = config.get(log_file);
  const std::optional<std::string> directory = config.get(log_dir);
  if (!file && !directory) return {};
  return std::filesystem::path(directory.value_or("")) / file.value_or(program + ".log");
}

}  // namespace

std::vector<Finding> check_configuration(const config::Config& config) {
  std::vector<Finding> findings = config.findings();
  const bool is_readable = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Finding::Severity::error;
  });
  // Values that cannot be read cannot be checked further.
  if (is_readable) {
    append(findings, check_guard(config));
    append(findings, access::read_policy(config).findings);
    append(findings, access::check_property_protections(config));
    append(findings, stores::check_stores(config));
    append(findings, check_settings(config));
    append(findings, check_project_limits(config));
    append(findings, api::check_operator_schema(config));
    append(findings, api::check_health_settings(config));
  }
  return findings;
}

std::unique_ptr<config::Config> read_configuration(const config::Search& search) {
  return std::make_unique<config::Config>(search, all_options());
}

void require_usable(const config::Config& config) {
  std::string errors;
  for (const Finding& finding : check_configuration(config)) {
    if (finding.severity == Finding::Severity::error) {
      errors += '\n' + to_string(finding);
    } else {
      log::warning("{}", to_string(finding));
    }
  }
  if (!errors.empty()) {
    throw Error(ErrorCode::configuration, "The configuration cannot be used:" + errors);
  }
}

void open_log(const config::Config& config, const std::string& program) {
  log::open({.file = log_path(config, program),
             .is_json = config.get(use_json),
             .is_debug = config.get(debug),
             .has_color = config.get(log_color),
             .date_format = config.get(log_date_format)});
}

}  // namespace vitrine::apps
