#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vitrine::fetch {

/// What a Content-Range header says, RFC 9110 §14.4.
struct ContentRange {
  struct Part {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  ///< at least `first`, and less than 2⁶⁴ - 1

    bool operator==(const Part&) const = default;
  };

  std::optional<Part> part;            ///< nothing: no part of the data was asked for
  std::optional<std::uint64_t> total;  ///< bytes of the data; nothing: not known

  bool operator==(const ContentRange&) const = default;
};

/// Nothing if the text is not one in bytes, or says what cannot be.
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace vitrine::fetch
