#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "config/declaration.h"

namespace vitrine::config {

/// An option's value by its Type; monostate: unset, which lists, maps and repeatable texts never are.
using Value =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, TextList, TextMap, MultiText>;

/// The value that a text from a file means, or nothing if the option does not accept it; accepted() says what
/// it does. An empty number is unset. A repeatable text has this one value.
std::optional<Value> parse_value(const Declaration& declaration, std::string_view text);

}  // namespace vitrine::config
