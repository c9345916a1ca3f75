#include "catalog/limits.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::catalog {
namespace {

/// The number of characters of a text that every engine can hold.
std::size_t length_of(std::string_view what, std::string_view text) {
  const auto length = utf8_length(text);
  if (!length) throw Error(ErrorCode::invalid, fmt::format("The {} is not valid UTF-8.", what));
  if (has_four_byte_character(text)) {
    throw Error(ErrorCode::invalid,
                fmt::format("The {} holds a character beyond U+FFFF, which cannot be stored.", what));
  }
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::invalid,
                fmt::format("The {} holds a NUL character, which cannot be stored.", what));
  }
  return *length;
}

}  // namespace

void require_storable(std::string_view what, std::string_view text, std::size_t longest_in_characters) {
  if (length_of(what, text) > longest_in_characters) {
    throw Error(ErrorCode::invalid,
                fmt::format("The {} is longer than {} characters.", what, longest_in_characters));
  }
}

void require_storable_text(std::string_view what, std::string_view text) {
  length_of(what, text);
  if (text.size() > longest_text) {
    throw Error(ErrorCode::invalid, fmt::format("The {} is longer than {} bytes.", what, longest_text));
  }
}

void require_storable_integer(std::string_view what, std::int64_t number) {
  constexpr auto most = std::numeric_limits<std::int32_t>::max();
  if (number < 0 || number > most) {
    throw Error(ErrorCode::invalid, fmt::format("The {} must be between 0 and {}.", what, most));
  }
}

void require_storable_size(std::string_view what, std::uint64_t bytes) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (bytes > most) throw Error(ErrorCode::invalid, fmt::format("The {} is more than {} bytes.", what, most));
}

}  // namespace vitrine::catalog
