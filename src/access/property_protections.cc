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
#include <string>

#include "access/options.h"
#include "access/watched_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "config/ini.h"

namespace vitrine::access {
namespace {

using config::Finding;

constexpr std::string_view everybody = "@";
constexpr std::string_view nobody = "!";
constexpr std::string_view reserved_prefix = "os_glance";

/// In the order of PropertyUse.
constexpr std::array<std::string_view, 4> operations = {"create", "read", "update", "delete"};

/// Who may do one thing.
struct Grant {
  bool is_for_everybody = false;
  std::vector<std::string> roles;  ///< lower case
};

struct Rule {
  boost::regex names;
  std::array<Grant, operations.size()> grants;
};

struct Fault {
  int line;
  std::string message;
};

Grant parse_grant(const config::IniEntry& entry, std::vector<Fault>& faults) {
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

std::optional<Rule> parse_rule(const config::IniSection& section, std::vector<Fault>& faults) {
  const auto names = parse_names(section, faults);
  if (!names) return {};
  Rule rule{*names, {}};
  for (std::size_t i = 0; i < operations.size(); ++i) {
    // The last one of a name counts, as everywhere in such files.
    const auto entry = std::find_if(section.entries.rbegin(), section.entries.rend(),
                                    [&](const config::IniEntry& e) { return e.key == operations[i]; });
    if (entry == section.entries.rend()) {
      faults.push_back(
          {section.line, fmt::format("[{}] does not say who may {}. Write \"{} = !\" for nobody.",
                                     section.name, operations[i], operations[i])});
    } else {
      rule.grants[i] = parse_grant(*entry, faults);
    }
  }
  return rule;
}

/// What the service itself keeps with an image is not for operators to close.
Rule reserved_rule() {
  Rule rule{boost::regex(std::string(reserved_prefix) + ".*"), {}};
  for (Grant& grant : rule.grants) grant.is_for_everybody = true;
  return rule;
}

std::vector<Rule> parse_rules(std::string_view text, std::vector<Fault>& faults) {
  std::vector<Rule> rules = {reserved_rule()};
  const config::IniFile file = config::parse_ini(text);
  for (const config::IniFault& fault : file.faults) faults.push_back({fault.line, fault.message});
  for (const config::IniSection& section : file.sections) {
    if (section.name.starts_with(reserved_prefix)) continue;
    if (auto rule = parse_rule(section, faults)) rules.push_back(std::move(*rule));
  }
  return rules;
}

bool is_granted(const Grant& grant, const model::Caller& caller) {
  if (grant.is_for_everybody) return true;
  return std::find_first_of(grant.roles.begin(), grant.roles.end(), caller.roles.begin(),
                            caller.roles.end()) != grant.roles.end();
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

Finding finding_at(const config::Config& config, std::string message) {
  Finding finding = config.where(property_protection_file.group, property_protection_file.name);
  finding.message = "[DEFAULT] property_protection_file: " + std::move(message);
  return finding;
}

}  // namespace

struct PropertyProtections::Rules {
  std::vector<Rule> rules;
};

PropertyProtections::PropertyProtections() = default;
PropertyProtections::~PropertyProtections() = default;
PropertyProtections::PropertyProtections(PropertyProtections&&) noexcept = default;
PropertyProtections& PropertyProtections::operator=(PropertyProtections&&) noexcept = default;

PropertyProtections::PropertyProtections(std::string_view text) {
  std::vector<Fault> faults;
  rules_ = std::make_unique<Rules>(Rules{parse_rules(text, faults)});
  std::string message;
  for (const Fault& fault : faults) message += fmt::format("\nline {}: {}", fault.line, fault.message);
  if (!message.empty())
    throw Error(ErrorCode::configuration, "The property protections cannot be used:" + message);
}

bool PropertyProtections::allow(const model::Caller& caller, PropertyUse use,
                                std::string_view property) const {
  if (!rules_) return true;
  const auto& rules = rules_->rules;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& candidate) {
    return boost::regex_search(property.begin(), property.end(), candidate.names);
  });
  return rule != rules.end() && is_granted(rule->grants[static_cast<std::size_t>(use)], caller);
}

std::vector<Finding> check_property_protections(const config::Config& config) {
  if (config.get(property_protection_file).value_or("").empty()) return {};
  if (config.get(property_protection_rule_format) != "roles") {
    return {finding_at(config,
                       "property_protection_rule_format = policies is not part of this version yet. "
                       "Write the file in the format roles.")};
  }
  const auto file = configured_file(config);
  if (!file) return {finding_at(config, "there is no such file.")};
  std::vector<Fault> faults;
  try {
    parse_rules(text_of_file(*file), faults);
  } catch (const Error& error) {
    return {finding_at(config, error.what())};
  }
  std::vector<Finding> findings;
  for (const Fault& fault : faults) {
    findings.push_back({Finding::Severity::error, file->string(), fault.line, fault.message});
  }
  return findings;
}

struct LiveProtections::Source {
  explicit Source(const std::filesystem::path& path)
      : file(path), protections(std::make_shared<PropertyProtections>(text_of_file(path))) {}

  std::mutex mutex;
  WatchedFile file;
  std::shared_ptr<const PropertyProtections> protections;
};

LiveProtections::LiveProtections() : unchanging_(std::make_shared<PropertyProtections>()) {}

LiveProtections::LiveProtections(const config::Config& config) : LiveProtections() {
  const std::vector<Finding> findings = check_property_protections(config);
  if (!findings.empty()) throw Error(ErrorCode::configuration, to_string(findings.front()));
  if (const auto file = configured_file(config)) source_ = std::make_unique<Source>(*file);
}

LiveProtections::~LiveProtections() = default;

std::shared_ptr<const PropertyProtections> LiveProtections::current() {
  if (!source_) return unchanging_;
  const std::lock_guard lock(source_->mutex);
  if (source_->file.has_changed()) {
    try {
      source_->protections = std::make_shared<PropertyProtections>(text_of_file(source_->file.path()));
      log::info("Property protections are read again.");
    } catch (const Error& error) {
      log::error("{}: {} What was read before stays.", source_->file.path().string(), error.what());
    }
  }
  return source_->protections;
}

}  // namespace vitrine::access
