#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::catalog {

/// JSON as Python's json.dumps() writes it by default, so that a column looks the same whoever wrote it: `",
/// "` and
/// `": "` between the parts, everything outside ASCII escaped.
std::string to_json_text(const boost::json::value& value);

/// The object that a text is; nothing if it is no JSON object.
std::optional<boost::json::object> parse_json_object(std::string_view text);

}  // namespace vitrine::catalog
