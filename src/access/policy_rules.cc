#include "access/policy_rules.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "access/policy_parser.h"
#include "access/policy_references.h"

namespace vitrine::access {
namespace {

using config::Finding;

/// The rule as it is without a policy file.
Check default_check(const DefaultRule& rule, const PolicySettings& settings) {
  Check check = parse_check(rule.check);
  if (settings.enforces_new_defaults || !rule.older_check) return check;
  std::vector<Check> either;
  either.push_back(std::move(check));
  either.push_back(parse_check(*rule.older_check));
  return {Disjunction{std::move(either)}};
}

/// Defaults stand in no file.
bool is_from_file(const FileRule& rule) {
  return !rule.file.empty();
}

/// Puts overrides and defaults together, ties references to rules, and says what is odd about them.
class Builder {
 public:
  Builder(std::vector<FileRule> overrides, const PolicySettings& settings) : settings_(settings) {
    for (FileRule& rule : overrides) add(std::move(rule));
    for (const DefaultRule& rule : default_rules()) {
      const std::string name(rule.name);
      if (!indexes_.contains(name)) add({name, default_check(rule, settings), {}, 0});
    }
    tie_references();
    deny_circles();
    report_unused_names();
  }

  std::vector<FileRule>& rules() { return rules_; }
  std::vector<Finding>& findings() { return findings_; }

 private:
  void add(FileRule rule) {
    const auto [place, is_new] = indexes_.emplace(rule.name, rules_.size());
    if (is_new) {
      rules_.push_back(std::move(rule));
    } else {
      rules_[place->second] = std::move(rule);
    }
  }

  void warn(const FileRule& rule, std::string message) {
    findings_.push_back({Finding::Severity::warning, rule.file, rule.line, std::move(message)});
  }

  std::size_t index_of(const std::string& name) const {
    const auto place = indexes_.find(name);
    return place == indexes_.end() ? RuleCheck::nowhere : place->second;
  }

  void tie_references() {
    for (FileRule& rule : rules_) {
      for_each_rule_check(rule.check, [&](RuleCheck& reference) {
        reference.index = index_of(reference.name);
        used_.insert(reference.name);
        if (reference.index != RuleCheck::nowhere) return;
        reference.index = index_of(settings_.default_rule);
        warn(rule, fmt::format("{} refers to rule:{}, which does not exist. {}.", rule.name, reference.name,
                               reference.index == RuleCheck::nowhere
                                   ? std::string("It denies")
                                   : fmt::format("The rule {} stands for it", settings_.default_rule)));
      });
    }
  }

  void deny_circles() {
    References references(rules_.size());
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      for_each_rule_check(std::as_const(rules_[i].check), [&](const RuleCheck& reference) {
        if (reference.index != RuleCheck::nowhere) references[i].push_back(reference.index);
      });
    }
    for (const std::size_t index : circular_rules(references)) {
      FileRule& rule = rules_[index];
      rule.check = constant(Verdict::undecidable);
      warn(rule, fmt::format("{} refers back to itself. It denies.", rule.name));
    }
  }

  void report_unused_names() {
    for (const FileRule& rule : rules_) {
      if (find_default_rule(rule.name) || used_.contains(rule.name) || rule.name == settings_.default_rule)
        continue;
      warn(rule, fmt::format("{} is no rule of this service, and no other rule refers to it.", rule.name));
    }
  }

  const PolicySettings& settings_;
  std::vector<FileRule> rules_;
  std::unordered_map<std::string, std::size_t> indexes_;
  std::set<std::string> used_;
  std::vector<Finding> findings_;
};

}  // namespace

PolicyRules::PolicyRules(std::vector<FileRule> overrides, PolicySettings settings, AskRemote ask)
    : settings_(std::move(settings)), ask_(std::move(ask)) {
  Builder builder(std::move(overrides), settings_);
  for (FileRule& rule : builder.rules()) {
    const DefaultRule* known = find_default_rule(rule.name);
    const Place place{checks_.size(), known ? known->scope : RuleScope::any, is_from_file(rule)};
    places_.emplace(std::move(rule.name), place);
    checks_.push_back(std::move(rule.check));
  }
  findings_ = std::move(builder.findings());
}

const PolicyRules::Place* PolicyRules::find(std::string_view rule) const {
  auto place = places_.find(rule);
  if (place == places_.end()) place = places_.find(settings_.default_rule);
  return place == places_.end() ? nullptr : &place->second;
}

bool PolicyRules::allow(std::string_view rule, const Credentials& credentials,
                        const PolicyTarget& target) const {
  const Place* place = find(rule);
  if (!place) return false;
  if (place->scope == RuleScope::project && !credentials.are_for_project()) return false;
  const PolicyContext context{checks_, ask_, settings_.remote_format};
  return evaluate(checks_[place->index], {rule, credentials, target}, context) == Verdict::yes;
}

bool PolicyRules::is_overridden(std::string_view rule) const {
  const auto place = places_.find(rule);
  return place != places_.end() && place->second.is_overridden;
}

bool PolicyRules::is_admin(const Credentials& credentials) const {
  return allow("context_is_admin", credentials, ObjectTarget(credentials.document()));
}

}  // namespace vitrine::access
