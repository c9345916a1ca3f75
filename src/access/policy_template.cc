#include "access/policy_template.h"

#include <fmt/format.h>

#include "base/error.h"

namespace vitrine::access {
namespace {

void append_text(Template& result, std::string_view text) {
  if (text.empty()) return;
  if (result.pieces.empty() || result.pieces.back().is_key) result.pieces.emplace_back();
  result.pieces.back().text += text;
}

/// The key of a `%(key)s` at the start of the text; nothing if it starts otherwise.
std::optional<std::string_view> leading_key(std::string_view text) {
  if (!text.starts_with("%(")) return {};
  const std::size_t end = text.find(')');
  if (end == std::string_view::npos || !text.substr(end + 1).starts_with('s')) return {};
  return text.substr(2, end - 2);
}

}  // namespace

Template parse_template(std::string_view text) {
  Template result;
  while (!text.empty()) {
    const std::size_t percent = std::min(text.find('%'), text.size());
    append_text(result, text.substr(0, percent));
    text.remove_prefix(percent);
    if (text.empty()) break;
    if (text.starts_with("%%")) {
      append_text(result, "%");
      text.remove_prefix(2);
    } else if (const auto key = leading_key(text)) {
      result.pieces.push_back({std::string(*key), true});
      text.remove_prefix(key->size() + 4);
    } else {
      throw Error(
          ErrorCode::configuration,
          fmt::format("\"{}\": write %(name)s for a value of the target, %% for a percent sign.", text));
    }
  }
  return result;
}

std::optional<std::string_view> expand(const Template& text, const PolicyTarget& target,
                                       std::string& scratch) {
  if (text.pieces.empty()) return "";
  if (text.pieces.size() == 1) {
    const Template::Piece& piece = text.pieces.front();
    return piece.is_key ? target.find(piece.text, scratch) : std::optional<std::string_view>(piece.text);
  }
  std::string whole;
  for (const Template::Piece& piece : text.pieces) {
    const auto part = piece.is_key ? target.find(piece.text, scratch) : piece.text;
    if (!part) return {};
    whole += *part;
  }
  scratch = std::move(whole);
  return scratch;
}

}  // namespace vitrine::access
