#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace vitrine::api {

/// A JSON value as JsonWriter writes it.
std::string to_json_text(const boost::json::value& value);

/// Reads a request's JSON: UTF-8, the last of duplicate keys wins. Throws Error{invalid}.
boost::json::value parse_json(std::string_view text);

}  // namespace vitrine::api
