#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::api {

/// Names and values in the order they came, decoded.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// The parameters of a query string. Throws Error{invalid} if it is not UTF-8 in URL encoding.
Parameters parse_query(std::string_view query);

/// The first value of that name.
std::optional<std::string_view> first_value(const Parameters& parameters, std::string_view name);

}  // namespace vitrine::api
