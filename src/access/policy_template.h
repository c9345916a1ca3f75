#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/policy_check.h"
#include "access/policy_target.h"

namespace vitrine::access {

/// Reads text with `%(key)s` and `%%` in it. Throws Error{configuration} for any other use of `%`.
Template parse_template(std::string_view text);

/// The text with the target's values in it, which may lie in the target or in `scratch`; nothing if the
/// target has none for a key.
std::optional<std::string_view> expand(const Template& text, const PolicyTarget& target,
                                       std::string& scratch);

}  // namespace vitrine::access
