#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::config {

/// The text that a name stands for ("name" or "group.name"), or nothing if it stands for none.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Replaces `$name` and `${name}` by what `lookup` says and `$$` and `\$` by a dollar sign. Every other
/// dollar sign, and a name that stands for nothing, stays as written.
std::string substitute(std::string_view text, const Lookup& lookup);

}  // namespace vitrine::config
