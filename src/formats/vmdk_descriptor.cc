#include "formats/vmdk_descriptor.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vitrine::formats {
namespace {

constexpr std::string_view type_key = "createtype=\"";
constexpr std::string_view parent_key = "parentfilenamehint";
constexpr std::string_view white_space = " \t\r\v\f";
constexpr std::array<std::string_view, 2> allowed_types = {"monolithicsparse", "streamoptimized"};
constexpr std::array<std::string_view, 3> extent_access = {"rw", "rdonly", "noaccess"};

std::string_view until_nul(std::string_view text) {
  return text.substr(0, text.find('\0'));
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(white_space) - first + 1);
}

/// Every type counts, also in a comment: which of several one a reader believes in depends on the reader.
bool has_only_allowed_types(std::string_view text) {
  std::size_t found = text.find(type_key);
  if (found == std::string_view::npos) return false;
  for (; found != std::string_view::npos; found = text.find(type_key, found)) {
    found += type_key.size();
    const std::size_t end = text.find('"', found);
    if (end == std::string_view::npos || !is_one_of(text.substr(found, end - found), allowed_types))
      return false;
  }
  return true;
}

enum class Line { harmless, extent, unknown };

Line kind_of(std::string_view line) {
  if (line.empty() || line.starts_with('#') || line.starts_with("ddb")) return Line::harmless;
  // An assignment has one word before its sign. Any white space counts: QEMU reads extents with tabs, too.
  const std::size_t word_end = line.find_first_of(" \t\r\v\f=");
  if (word_end != std::string_view::npos && line[word_end] == '=') return Line::harmless;
  return is_one_of(line.substr(0, word_end), extent_access) ? Line::extent : Line::unknown;
}

std::optional<std::string> danger_of_lines(std::string_view text) {
  bool has_extent = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const Line kind = kind_of(line);
    if (kind == Line::unknown) return "its descriptor has a line that is not understood";
    if (kind != Line::extent) continue;
    if (line.find('/') != std::string_view::npos) return "its descriptor names an extent with a path";
    has_extent = true;
  }
  if (!has_extent) return "its descriptor names no extent";
  return std::nullopt;
}

}  // namespace

bool is_vmdk_descriptor(std::string_view text) {
  return to_lower(until_nul(text)).find(type_key) != std::string::npos;
}

std::optional<std::string> danger_of_vmdk_descriptor(std::string_view text) {
  text = until_nul(text);
  if (text.empty()) return "it has no descriptor";
  if (!is_ascii(text)) return "its descriptor is not ASCII text";
  const std::string lower = to_lower(text);
  if (!has_only_allowed_types(lower)) return "its subformat is not monolithicSparse or streamOptimized";
  // QEMU takes the file named there for the disk below this one, wherever in the text it finds the key.
  if (lower.find(parent_key) != std::string::npos) return "its descriptor names a parent";
  return danger_of_lines(lower);
}

}  // namespace vitrine::formats
