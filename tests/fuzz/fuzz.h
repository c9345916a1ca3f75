#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"

/// What the targets share. A target is a function of one text; whatever the text, it may throw Error and
/// nothing else, and what it says of the text must hold.
namespace vitrine::tests {

/// Ends the program, so that the fuzzer keeps the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace vitrine::tests

#define VITRINE_FUZZ(target)                                                          \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    try {                                                                             \
      target(std::string_view(reinterpret_cast<const char*>(data), size));            \
    } catch (const vitrine::Error& error) {                                           \
      vitrine::tests::require(error.code() != vitrine::ErrorCode::internal);          \
    }                                                                                 \
    return 0;                                                                         \
  }                                                                                   \
  static_assert(true)
