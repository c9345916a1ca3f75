#pragma once

#include <string>

namespace vitrine::access {

/// Every rule with its default, its operations and its meaning: the page docs/reference/policy.md.
std::string write_policy_reference();

}  // namespace vitrine::access
