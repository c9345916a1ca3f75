#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "access/policy_credentials.h"
#include "access/policy_rules.h"
#include "access/policy_target.h"
#include "model/caller.h"

namespace vitrine::access {

/// What one caller may do, by the rules as they were when its request came. Used by one thread.
class Permissions {
 public:
  Permissions(std::shared_ptr<const PolicyRules> rules, const model::Caller& caller);

  /// Where nobody is identified, everything but what a policy file has a rule for: such a rule is asked as
  /// for somebody without roles.
  bool allow(std::string_view rule, const PolicyTarget& target) const;

  /// Whether the policy makes the caller an administrator.
  bool is_admin() const { return rules_->is_admin(credentials_); }

  /// Whether only its owner may change an image, beside what the rules say: what was so before there were
  /// roles for it.
  bool enforce_ownership() const { return is_identified_ && !rules_->enforces_new_defaults(); }

 private:
  std::shared_ptr<const PolicyRules> rules_;
  Credentials credentials_;
  bool is_identified_;
};

}  // namespace vitrine::access
