#include "keystone/access_rules.h"

#include <algorithm>

namespace vitrine::keystone {
namespace {

enum class Kind { literal, part, anything };

struct Piece {
  Kind kind;
  char character = '\0';  ///< of a literal
};

std::vector<Piece> pieces_of(std::string_view pattern) {
  std::vector<Piece> pieces;
  while (!pattern.empty()) {
    std::size_t length = 1;
    const auto brace = pattern.find('}');
    if (pattern.starts_with("**")) {
      pieces.push_back({Kind::anything});
      length = 2;
    } else if (pattern.front() == '*') {
      pieces.push_back({Kind::part});
    } else if (pattern.front() == '{' && brace != std::string_view::npos) {
      pieces.push_back({Kind::part});
      length = brace + 1;
    } else {
      pieces.push_back({Kind::literal, pattern.front()});
    }
    pattern.remove_prefix(length);
  }
  return pieces;
}

/// Which lengths of the path's beginning match one more piece, given those that match the pieces before it.
std::vector<bool> extend(const std::vector<bool>& before, const Piece& piece, std::string_view path) {
  std::vector<bool> after(before.size(), false);
  if (piece.kind == Kind::anything) after[0] = before[0];
  for (std::size_t end = 1; end < before.size(); ++end) {
    const char last = path[end - 1];
    switch (piece.kind) {
      case Kind::literal:
        after[end] = before[end - 1] && last == piece.character;
        break;
      case Kind::part:  // one character at least
        after[end] = last != '/' && (before[end - 1] || after[end - 1]);
        break;
      case Kind::anything:
        after[end] = before[end] || after[end - 1];
        break;
    }
  }
  return after;
}

}  // namespace

bool path_matches(std::string_view pattern, std::string_view path) {
  std::vector<bool> matches(path.size() + 1, false);
  matches[0] = true;
  for (const Piece& piece : pieces_of(pattern)) matches = extend(matches, piece, path);
  return matches.back();
}

bool allows(const AccessRules& rules, const RuledRequest& request) {
  return std::any_of(rules.begin(), rules.end(), [&](const AccessRule& rule) {
    return rule.method == request.method && rule.service == request.service &&
           path_matches(rule.path, request.path);
  });
}

}  // namespace vitrine::keystone
