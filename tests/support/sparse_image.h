#pragma once

#include <string>
#include <string_view>

/// Disk images whose headers lie far apart, in few bytes, so that random changes meet a header:
///
///     size:24 pieces:16 { offset:24 length:8 bytes… }…        numbers with their least significant byte
///     first
///
/// A stream of `size` zeros on which the stretches are written. `pieces` says how a test cuts it.
namespace vitrine::tests {

struct SparseImage {
  std::string bytes;
  unsigned pieces = 0;
};

/// Any text is an image; of more than 1.25 MiB the rest is left out.
SparseImage spread(std::string_view text);

/// The other way round, for an image of less than 16 MiB.
std::string squeeze(std::string_view bytes, unsigned pieces);

}  // namespace vitrine::tests
