#include "config/substitute.h"

#include <algorithm>

namespace vitrine::config {
namespace {

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool continues_name(char c) {
  return starts_name(c) || (c >= '0' && c <= '9') || c == '.';
}

/// The name at the start of the text; empty if there is none.
std::string_view leading_name(std::string_view text) {
  if (text.empty() || !starts_name(text.front())) return {};
  const auto end = std::find_if_not(text.begin(), text.end(), continues_name);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

struct Reference {
  std::string_view name;   ///< empty: no reference
  std::size_t length = 0;  ///< of the whole reference, with dollar sign and braces
};

/// The reference at the start of a text that begins with a dollar sign.
Reference leading_reference(std::string_view text) {
  const bool has_brace = text.substr(1, 1) == "{";
  const std::string_view name = leading_name(text.substr(has_brace ? 2 : 1));
  if (name.empty()) return {};
  if (!has_brace) return {name, name.size() + 1};
  if (text.substr(name.size() + 2, 1) != "}") return {};
  return {name, name.size() + 3};
}

}  // namespace

std::string substitute(std::string_view text, const Lookup& lookup) {
  std::string result;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, 2);
    if (pair == "$$" || pair == "\\$") {
      result += '$';
      text.remove_prefix(2);
      continue;
    }
    const Reference reference = text.front() == '$' ? leading_reference(text) : Reference{};
    const auto replacement = reference.name.empty() ? std::nullopt : lookup(reference.name);
    const std::size_t length = std::max<std::size_t>(reference.length, 1);
    result += replacement ? *replacement : std::string(text.substr(0, length));
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace vitrine::config
