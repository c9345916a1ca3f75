#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/default_rules.h"
#include "access/policy_evaluation.h"
#include "access/policy_file.h"

namespace vitrine::access {

/// What [oslo_policy] says beside the files.
struct PolicySettings {
  bool enforces_new_defaults = true;
  std::string default_rule = "default";  ///< stands for rules that do not exist
  RemoteFormat remote_format = RemoteFormat::form;
};

/// All rules as they are at one moment: the defaults, and what policy files put in their place. Immutable;
/// may be shared between threads.
class PolicyRules {
 public:
  /// A later override wins over an earlier one of the same name. Whoever calls keeps `ask` fit for use.
  explicit PolicyRules(std::vector<FileRule> overrides = {}, PolicySettings settings = {},
                       AskRemote ask = {});
  PolicyRules(const PolicyRules&) = delete;
  PolicyRules& operator=(const PolicyRules&) = delete;

  /// Whether the rule lets these credentials do it to this target. A rule that exists nowhere is what the
  /// default rule is. Throws nothing: what goes wrong is logged, and denies.
  bool allow(std::string_view rule, const Credentials& credentials, const PolicyTarget& target) const;

  /// Whether there is such a rule, of a file or a default one.
  bool has(std::string_view rule) const { return places_.contains(rule); }

  /// Whether a policy file has this rule.
  bool is_overridden(std::string_view rule) const;

  /// Whether they are an administrator's: the rule context_is_admin, asked with themselves as the target.
  bool is_admin(const Credentials& credentials) const;

  /// Whether the checks of ownership that came before there were roles for it are out of use.
  bool enforces_new_defaults() const { return settings_.enforces_new_defaults; }

  /// What is odd about the overrides: names nobody uses, references to nothing, circles. Severity warning.
  const std::vector<config::Finding>& findings() const { return findings_; }

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  struct Place {
    std::size_t index;  ///< in checks_
    RuleScope scope = RuleScope::any;
    bool is_overridden = false;
  };

  const Place* find(std::string_view rule) const;

  const PolicySettings settings_;
  const AskRemote ask_;
  std::vector<Check> checks_;
  std::unordered_map<std::string, Place, NameHash, std::equal_to<>> places_;
  std::vector<config::Finding> findings_;
};

}  // namespace vitrine::access
