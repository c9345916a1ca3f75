#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

/// Without white space at either end.
std::string_view trim(std::string_view text);

/// Without the two equal quotation marks, " or ', that it stands between; as it is if it does not.
std::string_view without_quotes(std::string_view text);

/// ASCII letters in lower case, everything else as it is.
std::string to_lower(std::string_view text);

bool equals_ignoring_case(std::string_view a, std::string_view b);

/// The parts between separators; one empty part for an empty text.
std::vector<std::string> split(std::string_view text, char separator);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// A whole decimal number with nothing around it; nothing if it is not one or does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

/// The number of characters, or nothing if the text is not valid UTF-8.
std::optional<std::size_t> utf8_length(std::string_view text);

/// Whether a character needs four bytes in UTF-8; Glance's MySQL schema cannot hold those. The text must be
/// valid.
bool has_four_byte_character(std::string_view text);

/// `%XX` decoded; nothing if an escape is broken. `+` stays as it is.
std::optional<std::string> percent_decode(std::string_view text);

/// As Python's urllib.parse.quote_plus: letters, digits and `_.-~` stay, a blank becomes `+`.
std::string form_encode(std::string_view text);

/// The reverse of form_encode.
std::optional<std::string> form_decode(std::string_view text);

}  // namespace vitrine
