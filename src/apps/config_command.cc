#include <fmt/format.h>

#include <algorithm>

#include "apps/commands.h"
#include "apps/configuration.h"
#include "apps/options.h"
#include "config/reference.h"

namespace vitrine::apps {

int run_config_check(const config::Search& search) {
  const auto config = read_configuration(search);
  const std::vector<config::Finding> findings = check_configuration(*config);
  for (const config::Finding& finding : findings) fmt::print("{}\n", to_string(finding));
  const auto errors = std::count_if(findings.begin(), findings.end(), [](const config::Finding& finding) {
    return finding.severity == config::Finding::Severity::error;
  });
  fmt::print("{} errors, {} warnings in {} files\n", errors,
             findings.size() - static_cast<std::size_t>(errors), config->files().size());
  return errors > 0 ? 1 : 0;
}

int run_config_reference(const std::string& format) {
  const auto form = format == "sample" ? config::ReferenceFormat::sample : config::ReferenceFormat::markdown;
  fmt::print("{}", config::write_reference(all_options(), form));
  return 0;
}

}  // namespace vitrine::apps
