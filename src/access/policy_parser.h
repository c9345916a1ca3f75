#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/policy_check.h"

namespace vitrine::access {

/// Reads a rule in the language of oslo.policy. Throws Error{configuration} that says what cannot be
/// understood.
Check parse_check(std::string_view text);

/// Reads a rule in the older form, a list of lists: one of the inner lists must hold as a whole. Throws
/// likewise.
Check parse_check(const std::vector<std::vector<std::string>>& alternatives);

}  // namespace vitrine::access
