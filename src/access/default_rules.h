#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace vitrine::access {

/// Whose tokens a rule is for, whatever their roles.
enum class RuleScope { any, project };

/// A rule as it is when no policy file says otherwise.
struct DefaultRule {
  std::string_view name;
  std::string_view check;
  RuleScope scope;
  std::string_view operations;  ///< `METHOD path`, separated by `;`; empty for a rule that others refer to
  std::string_view description;
  std::optional<std::string_view> older_check;  ///< holds, too, with enforce_new_defaults = False
};

/// Every rule of the service, in the order of the documentation.
std::span<const DefaultRule> default_rules();

/// Null for a rule that only a policy file has.
const DefaultRule* find_default_rule(std::string_view name);

}  // namespace vitrine::access
