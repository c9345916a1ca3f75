#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

/// Texts as Python writes values, because that is what rules compare.
namespace vitrine::access {

/// The text of a literal: what is in quotes, the names None, True and False, a number. Nothing if it does not
/// look like one; throws Error{configuration} if it does and cannot be read.
std::optional<std::string> literal_text(std::string_view literal);

/// The text of a value, which lies in the value or in `scratch`. Nothing for a list or an object.
std::optional<std::string_view> text_of(const boost::json::value& value, std::string& scratch);

}  // namespace vitrine::access
