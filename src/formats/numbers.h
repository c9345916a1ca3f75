#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>

#include "base/bytes.h"

namespace vitrine::formats {

/// The number that stands at `offset`, least significant byte first. The bytes must reach that far.
template <std::unsigned_integral Number>
Number little_endian(Bytes bytes, std::size_t offset) {
  assert(offset + sizeof(Number) <= bytes.size());
  Number value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    value = static_cast<Number>((std::uint64_t{value} << 8) | std::to_integer<unsigned>(bytes[offset + i]));
  }
  return value;
}

/// The same, most significant byte first.
template <std::unsigned_integral Number>
Number big_endian(Bytes bytes, std::size_t offset) {
  assert(offset + sizeof(Number) <= bytes.size());
  Number value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value = static_cast<Number>((std::uint64_t{value} << 8) | std::to_integer<unsigned>(bytes[offset + i]));
  }
  return value;
}

inline bool starts_with(Bytes bytes, std::string_view beginning) {
  return text_of(bytes).starts_with(beginning);
}

}  // namespace vitrine::formats
