#include "tests/support/sparse_image.h"

#include <algorithm>
#include <cstddef>

namespace vitrine::tests {
namespace {

constexpr std::size_t largest = (std::size_t{1} << 20) + (std::size_t{1} << 18);
constexpr std::size_t longest_stretch = 255;

/// Takes a number of `width` bytes from the front of the text; what is missing counts as zeros.
std::size_t take_number(std::string_view& text, std::size_t width) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < std::min(width, text.size()); ++i) {
    value |= std::size_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  text.remove_prefix(std::min(width, text.size()));
  return value;
}

void add_number(std::string& text, std::size_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) text += static_cast<char>(value >> (8 * i));
}

}  // namespace

SparseImage spread(std::string_view text) {
  SparseImage image;
  image.bytes.resize(std::min(take_number(text, 3), largest));
  image.pieces = static_cast<unsigned>(take_number(text, 2));
  while (!text.empty()) {
    const std::size_t offset = std::min(take_number(text, 3), image.bytes.size());
    const std::string_view stretch = text.substr(0, take_number(text, 1));
    text.remove_prefix(stretch.size());
    const std::size_t length = std::min(stretch.size(), image.bytes.size() - offset);
    std::copy_n(stretch.begin(), length, image.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  return image;
}

std::string squeeze(std::string_view bytes, unsigned pieces) {
  std::string text;
  add_number(text, bytes.size(), 3);
  add_number(text, pieces, 2);
  for (std::size_t at = 0; (at = bytes.find_first_not_of('\0', at)) != std::string_view::npos;) {
    // Zeros within are cheaper than a new stretch.
    const std::size_t gap = std::min(bytes.find(std::string(8, '\0'), at), bytes.size());
    const std::size_t length = std::min(gap - at, longest_stretch);
    add_number(text, at, 3);
    add_number(text, length, 1);
    text += bytes.substr(at, length);
    at += length;
  }
  return text;
}

}  // namespace vitrine::tests
