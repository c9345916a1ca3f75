#include "access/permissions.h"

#include <utility>

namespace vitrine::access {

Permissions::Permissions(std::shared_ptr<const PolicyRules> rules, const model::Caller& caller)
    : rules_(std::move(rules)), credentials_(caller), is_identified_(caller.is_identified) {}

bool Permissions::allow(std::string_view rule, const PolicyTarget& target) const {
  if (!is_identified_ && !rules_->is_overridden(rule)) return true;
  return rules_->allow(rule, credentials_, target);
}

}  // namespace vitrine::access
