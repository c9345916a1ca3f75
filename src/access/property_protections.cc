#include "access/property_protections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/regex.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

#include "access/options.h"
#include "access/policy.h"
#include "access/watched_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "config/ini.h"
#include "model/image.h"

namespace vitrine::access {
namespace {

using config::Finding;

constexpr std::string_view everybody = "@";
constexpr std::string_view nobody = "!";

/// In the order of PropertyUse.
constexpr std::array<std::string_view, 4> operations = {"create", "read", "update", "delete"};

/// Who may do one thing.
struct Grant {
  bool is_for_everybody = false;
  std::vector<std::string> roles;     ///< lower case
  std::optional<std::string> policy;  ///< a rule to be asked
};

struct Rule {
  boost::regex names;
  std::array<Grant, operations.size()> grants;
};

struct Fault {
  int line;
  std::string message;
};

/// One rule, or everybody, or nobody.
Grant parse_policy(const config::IniEntry& entry, std::vector<Fault>& faults) {
  const std::string_view rule = trim(entry.value);
  if (rule.find(',') != std::string_view::npos) {
    faults.push_back({entry.line, fmt::format("{} names several rules of the policy. Name one, and let the "
                                              "policy file put them together.",
                                              entry.key)});
  }
  if (rule == everybody) return {.is_for_everybody = true, .roles = {}, .policy = {}};
  if (rule.empty() || rule == nobody) return {};
  return {.is_for_everybody = false, .roles = {}, .policy = std::string(rule)};
}

Grant parse_roles(const config::IniEntry& entry, std::vector<Fault>& faults) {
  Grant grant;
  bool is_for_nobody = false;
  for (const std::string& item : split(entry.value, ',')) {
    const std::string role = to_lower(trim(item));
    if (role == everybody)
      grant.is_for_everybody = true;
    else if (role == nobody)
      is_for_nobody = true;
    else if (!role.empty())
      grant.roles.push_back(role);
  }
  if (grant.is_for_everybody && is_for_nobody) {
    faults.push_back({entry.line, fmt::format("{} is for everybody (@) and for nobody (!). Keep one of them.",
                                              entry.key)});
  }
  if (is_for_nobody) grant.roles.clear();
  return grant;
}

std::optional<boost::regex> parse_names(const config::IniSection& section, std::vector<Fault>& faults) {
  try {
    return boost::regex(section.name);
  } catch (const boost::regex_error& error) {
    faults.push_back(
        {section.line, fmt::format("[{}] is no regular expression: {}", section.name, error.what())});
    return {};
  }
}

std::optional<Rule> parse_rule(const config::IniSection& section, ProtectionFormat format,
                               std::vector<Fault>& faults) {
  const auto names = parse_names(section, faults);
  if (!names) return {};
  Rule rule{*names, {}};
  for (std::size_t i = 0; i < operations.size(); ++i) {
    // The last one of a name counts, as everywhere in such files.
    const auto entry =
        std::find_if(section.entries.rbegin(), section.entries.rend(),
                     [&](const config::IniEntry& e) { return to_lower(e.key) == operations[i]; });
    if (entry == section.entries.rend()) {
      faults.push_back(
          {section.line, fmt::format("[{}] does not say who may {}. Write \"{} = !\" for nobody.",
                                     section.name, operations[i], operations[i])});
    } else {
      rule.grants[i] =
          format == ProtectionFormat::roles ? parse_roles(*entry, faults) : parse_policy(*entry, faults);
    }
  }
  return rule;
}

/// What the service itself keeps with an image is not for operators to close.
Rule reserved_rule() {
  Rule rule{boost::regex(std::string(model::reserved_property_prefix) + ".*"), {}};
  for (Grant& grant : rule.grants) grant.is_for_everybody = true;
  return rule;
}

std::vector<Rule> parse_rules(std::string_view text, ProtectionFormat format, std::vector<Fault>& faults) {
  std::vector<Rule> rules = {reserved_rule()};
  const config::IniFile file = config::parse_ini(text);
  for (const config::IniFault& fault : file.faults) faults.push_back({fault.line, fault.message});
  for (const config::IniSection& section : file.sections) {
    if (section.name.starts_with(model::reserved_property_prefix)) continue;
    if (auto rule = parse_rule(section, format, faults)) rules.push_back(std::move(*rule));
  }
  return rules;
}

bool has_any(const std::vector<std::string>& roles, const std::vector<std::string>& wanted) {
  return std::find_first_of(roles.begin(), roles.end(), wanted.begin(), wanted.end()) != roles.end();
}

bool is_granted(const Grant& grant, const model::Caller& caller, const AskPolicy& ask) {
  if (grant.is_for_everybody) return true;
  if (grant.policy) return ask(*grant.policy);
  return has_any(caller.roles, grant.roles) || has_any(caller.service.roles, grant.roles);
}

const Rule* find_rule(const std::vector<Rule>& rules, std::string_view property) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
    return boost::regex_search(property.begin(), property.end(), rule.names);
  });
  return found == rules.end() ? nullptr : &*found;
}

/// The file that the configuration names, as it was found.
std::optional<std::filesystem::path> configured_file(const config::Config& config) {
  const std::string name = config.get(property_protection_file).value_or("");
  return name.empty() ? std::nullopt : config.find_file(name);
}

std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorCode::configuration, fmt::format("{} cannot be read.", file.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

ProtectionFormat format_of(const config::Config& config) {
  return config.get(property_protection_rule_format) == "policies" ? ProtectionFormat::policies
                                                                   : ProtectionFormat::roles;
}

Finding finding_at(const config::Config& config, std::string message) {
  Finding finding = config.where(property_protection_file.group, property_protection_file.name);
  finding.message = "[DEFAULT] property_protection_file: " + std::move(message);
  return finding;
}

/// What the file names and the policy does not have.
std::vector<Finding> unknown_policies(const config::Config& config, const std::vector<Rule>& rules,
                                      const std::string& file) {
  std::set<std::string> names;
  for (const Rule& rule : rules) {
    for (const Grant& grant : rule.grants) {
      if (grant.policy) names.insert(*grant.policy);
    }
  }
  std::vector<Finding> findings;
  if (names.empty()) return findings;
  const PolicyReading policy = read_policy(config);
  for (const std::string& name : names) {
    if (policy.rules->has(name)) continue;
    findings.push_back({Finding::Severity::error, file, 0,
                        fmt::format("The policy has no rule {}. Add it to the policy file.", name)});
  }
  return findings;
}

}  // namespace

struct PropertyProtections::Rules {
  std::vector<Rule> rules;
};

PropertyProtections::PropertyProtections() = default;
PropertyProtections::~PropertyProtections() = default;
PropertyProtections::PropertyProtections(PropertyProtections&&) noexcept = default;
PropertyProtections& PropertyProtections::operator=(PropertyProtections&&) noexcept = default;

PropertyProtections::PropertyProtections(std::string_view text, ProtectionFormat format) {
  std::vector<Fault> faults;
  rules_ = std::make_unique<Rules>(Rules{parse_rules(text, format, faults)});
  std::string message;
  for (const Fault& fault : faults) message += fmt::format("\nline {}: {}", fault.line, fault.message);
  if (!message.empty())
    throw Error(ErrorCode::configuration, "The property protections cannot be used:" + message);
}

bool PropertyProtections::allow(const model::Caller& caller, const AskPolicy& ask, PropertyUse use,
                                std::string_view property) const {
  if (!rules_) return true;
  const Rule* rule = nullptr;
  try {
    rule = find_rule(rules_->rules, property);
  } catch (const std::runtime_error& error) {
    // An expression may take too long on some names; nobody may touch what cannot be told from what is
    // closed.
    log::error("The protection of property {} cannot be found out: {}", property, error.what());
  }
  return rule != nullptr && is_granted(rule->grants[static_cast<std::size_t>(use)], caller, ask);
}

std::vector<Finding> check_property_protections(const config::Config& config) {
  if (config.get(property_protection_file).value_or("").empty()) return {};
  const auto file = configured_file(config);
  if (!file) return {finding_at(config, "there is no such file.")};
  std::vector<Fault> faults;
  std::vector<Rule> rules;
  try {
    rules = parse_rules(text_of_file(*file), format_of(config), faults);
  } catch (const Error& error) {
    return {finding_at(config, error.what())};
  }
  std::vector<Finding> findings = unknown_policies(config, rules, file->string());
  for (const Fault& fault : faults) {
    findings.push_back({Finding::Severity::error, file->string(), fault.line, fault.message});
  }
  return findings;
}

struct LiveProtections::Source {
  Source(const std::filesystem::path& path, ProtectionFormat the_format)
      : format(the_format),
        file(path),
        protections(std::make_shared<PropertyProtections>(text_of_file(path), format)) {}

  const ProtectionFormat format;
  std::mutex mutex;
  WatchedFile file;
  std::shared_ptr<const PropertyProtections> protections;
};

LiveProtections::LiveProtections() : unchanging_(std::make_shared<PropertyProtections>()) {}

LiveProtections::LiveProtections(const config::Config& config) : LiveProtections() {
  const std::vector<Finding> findings = check_property_protections(config);
  if (!findings.empty()) throw Error(ErrorCode::configuration, to_string(findings.front()));
  if (const auto file = configured_file(config)) source_ = std::make_unique<Source>(*file, format_of(config));
}

LiveProtections::~LiveProtections() = default;

std::shared_ptr<const PropertyProtections> LiveProtections::current() {
  if (!source_) return unchanging_;
  const std::lock_guard lock(source_->mutex);
  if (source_->file.has_changed()) {
    try {
      source_->protections =
          std::make_shared<PropertyProtections>(text_of_file(source_->file.path()), source_->format);
      log::info("Property protections are read again.");
    } catch (const Error& error) {
      log::error("{}: {} What was read before stays.", source_->file.path().string(), error.what());
    }
  }
  return source_->protections;
}

}  // namespace vitrine::access
