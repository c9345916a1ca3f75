#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/option.h"

namespace vitrine::config {

enum class Type { boolean, integer, number, text, list, map, multi };

/// As operators call it: "integer", "list of texts", …
std::string_view to_string(Type type);

/// What is known of an option whatever its C++ type: an `Option<T>` of a room, or a row of the table of
/// Glance's options. The views point to constants.
struct Declaration {
  std::string_view group;
  std::string_view name;
  Type type = Type::text;
  std::optional<std::string> fallback;  ///< as written in a file; nothing: unset
  std::string_view help;
  std::optional<long double> min;  ///< long double holds every 64-bit integer exactly
  std::optional<long double> max;
  std::string_view choices;
  std::string_view former;
  bool is_secret = false;
  bool is_reloadable = false;
  bool needs_brackets = false;
  bool any_case = false;
  bool is_host = false;
  bool is_read = true;  ///< some room reads it; else it is only accepted
  bool is_deprecated = false;
  bool has_effect = true;  ///< false: Glance itself has dropped it, or it means nothing outside Python
};

/// What the option accepts, to follow "accepted is": "a whole number from 0 to 100".
std::string accepted(const Declaration& declaration);

/// A name under which an option may also be written.
struct FormerName {
  std::string_view group;  ///< empty: the group of the option
  std::string_view name;
};
std::vector<FormerName> former_names(const Declaration& declaration);

Declaration declare(const AnyOption& option);

}  // namespace vitrine::config
