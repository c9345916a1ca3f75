#include "access/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "access/options.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace vitrine::access {
namespace fs = std::filesystem;
namespace {

using config::Finding;

/// A name that somebody wrote and that is nowhere is worth a word; the default names need not exist.
template <class T>
void report_missing(const config::Config& config, const Option<T>& option, const std::string& name,
                    std::vector<Finding>& findings) {
  if (!config.is_set(option) || config.find_file(name)) return;
  Finding finding = config.where(option.group, option.name);
  finding.severity = Finding::Severity::warning;
  finding.message = fmt::format("[{}] {}: there is no {}.", option.group, option.name, name);
  findings.push_back(std::move(finding));
}

std::vector<Finding> missing_files(const config::Config& config) {
  std::vector<Finding> findings;
  report_missing(config, policy_file, config.get(policy_file), findings);
  for (const std::string& name : config.get(policy_dirs).values)
    report_missing(config, policy_dirs, name, findings);
  return findings;
}

PolicyFile parse_file(const fs::path& path, const std::optional<std::string>& text) {
  if (text) return parse_policy_file(*text, path.string());
  return {{}, {{Finding::Severity::error, path.string(), 0, "The policy file cannot be read."}}};
}

PolicySettings settings_of(const config::Config& config) {
  return {.enforces_new_defaults = config.get(enforce_new_defaults),
          .default_rule = config.get(policy_default_rule),
          .remote_format = config.get(remote_content_type) == "application/json" ? RemoteFormat::json
                                                                                 : RemoteFormat::form};
}

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

PolicyReading parse(const config::Config& config, const PolicyFiles& files, const PolicyTexts& texts,
                    const AskRemote& ask) {
  PolicyReading reading;
  std::vector<FileRule> rules;
  const std::vector<fs::path>& paths = files.paths();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    PolicyFile file = parse_file(paths[i], texts[i]);
    append(rules, std::move(file.rules));
    append(reading.findings, std::move(file.findings));
  }
  reading.rules = std::make_shared<PolicyRules>(std::move(rules), settings_of(config), ask);
  append(reading.findings, reading.rules->findings());
  return reading;
}

bool is_error(const Finding& finding) {
  return finding.severity == Finding::Severity::error;
}

bool are_usable(const std::vector<Finding>& findings) {
  return std::none_of(findings.begin(), findings.end(), is_error);
}

void log_findings(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (is_error(finding)) {
      log::error("{}", to_string(finding));
    } else {
      log::warning("{}", to_string(finding));
    }
  }
}

std::string errors_of(const std::vector<Finding>& findings) {
  std::string errors;
  for (const Finding& finding : findings) {
    if (is_error(finding)) errors += '\n' + to_string(finding);
  }
  return errors;
}

}  // namespace

PolicyReading read_policy(const config::Config& config, const AskRemote& ask) {
  const PolicyFiles files(config);
  PolicyReading reading = parse(config, files, read_texts(files), ask);
  append(reading.findings, missing_files(config));
  return reading;
}

Policy::Policy(const config::Config& config, AskRemote ask) : config_(config), ask_(std::move(ask)) {
  PolicyFiles files(config_);
  PolicyTexts texts = read_texts(files);
  const PolicyReading reading = parse(config_, files, texts, ask_);
  if (!are_usable(reading.findings)) {
    throw Error(ErrorCode::configuration, "The policy files cannot be used:" + errors_of(reading.findings));
  }
  state_ = std::make_shared<State>(State{std::move(files), std::move(texts), reading.rules});
}

std::shared_ptr<const Policy::State> Policy::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

/// Several threads may find the same change and read it side by side. A file that changes while it is read
/// differs from what was seen before, and is read again.
std::shared_ptr<const PolicyRules> Policy::snapshot() {
  const std::shared_ptr<const State> known = state();
  if (!known->files.may_have_changed()) return known->rules;
  PolicyFiles files(config_);
  PolicyTexts texts = read_texts(files);
  if (texts == known->texts) return publish({std::move(files), std::move(texts), known->rules}, {});
  const PolicyReading reading = parse(config_, files, texts, ask_);
  const auto rules = are_usable(reading.findings) ? reading.rules : known->rules;
  return publish({std::move(files), std::move(texts), rules}, reading.findings);
}

std::shared_ptr<const PolicyRules> Policy::publish(State fresh, const std::vector<Finding>& findings) {
  auto next = std::make_shared<State>(std::move(fresh));
  {
    const std::lock_guard lock(mutex_);
    const bool is_known = state_->texts == next->texts;
    if (is_known) next->rules = state_->rules;
    state_ = next;
    if (is_known) return next->rules;
  }
  log_findings(findings);
  log::info("Policy files have changed. {}", are_usable(findings)
                                                 ? "The new rules count."
                                                 : "They cannot be used; the rules read before stay.");
  return next->rules;
}

}  // namespace vitrine::access
