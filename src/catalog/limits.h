#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vitrine::catalog {

/// What a TEXT column of MySQL holds, in bytes.
inline constexpr std::size_t longest_text = 65'535;

/// Throws Error{invalid} for a text that one of the engines could not hold or would cut: longer than its
/// column, not UTF-8, or with a NUL or a character of four bytes. `what` names the value in the message.
void require_storable(std::string_view what, std::string_view text, std::size_t longest_in_characters);

/// As require_storable() for a column without a length: at most longest_text bytes.
void require_storable_text(std::string_view what, std::string_view text);

/// Throws Error{invalid} for a number that a column of type INTEGER cannot hold, and for a negative one.
void require_storable_integer(std::string_view what, std::int64_t number);

/// Throws Error{invalid} for a number of bytes that a column of type BIGINT cannot hold.
void require_storable_size(std::string_view what, std::uint64_t bytes);

}  // namespace vitrine::catalog
