#include "access/policy_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "access/policy_template.h"
#include "access/policy_text.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::access {
namespace {

/// Keeps the stack small, whatever is in a file.
constexpr int max_nesting = 100;

[[noreturn]] void fail(const std::string& reason) {
  throw Error(ErrorCode::configuration, reason);
}

struct Token {
  enum class Kind { open, close, conjunction, disjunction, negation, check, end };
  Kind kind;
  std::string_view text;
};

Token word_token(std::string_view word) {
  const std::string lower = to_lower(word);
  if (lower == "and") return {Token::Kind::conjunction, word};
  if (lower == "or") return {Token::Kind::disjunction, word};
  if (lower == "not") return {Token::Kind::negation, word};
  return {Token::Kind::check, word};
}

/// Parentheses count only at the ends of a word, for a check may hold some: `project_id:%(owner)s`.
void add_tokens(std::string_view word, std::vector<Token>& tokens) {
  while (word.starts_with('(')) {
    tokens.push_back({Token::Kind::open, word.substr(0, 1)});
    word.remove_prefix(1);
  }
  const std::size_t last = word.find_last_not_of(')');
  const std::size_t size = last == std::string_view::npos ? 0 : last + 1;
  if (size > 0) tokens.push_back(word_token(word.substr(0, size)));
  for (std::size_t i = size; i < word.size(); ++i) tokens.push_back({Token::Kind::close, word.substr(i, 1)});
}

std::vector<Token> tokenize(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  std::vector<Token> tokens;
  for (std::size_t begin = text.find_first_not_of(blanks); begin != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
    add_tokens(text.substr(begin, end - begin), tokens);
    begin = text.find_first_not_of(blanks, end);
  }
  tokens.push_back({Token::Kind::end, {}});
  return tokens;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_name(std::string_view segment) {
  if (segment.empty() || !is_letter(segment.front())) return false;
  return std::all_of(segment.begin(), segment.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

Check parse_generic(std::string_view kind, Template value) {
  if (auto literal = literal_text(kind)) return {LiteralCheck{std::move(*literal), std::move(value)}};
  std::vector<std::string> path = split(kind, '.');
  if (!std::all_of(path.begin(), path.end(), is_name)) {
    fail(fmt::format("\"{}\" before a colon is neither the name of a credential nor a literal.", kind));
  }
  return {CredentialCheck{std::move(path), std::move(value)}};
}

/// One check without operators.
Check parse_single(std::string_view text) {
  if (text == "@") return constant(Verdict::yes);
  if (text == "!") return constant(Verdict::no);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    fail(fmt::format("\"{}\" is no check: it has no colon, as in role:{}.", text, text));
  const std::string_view kind = text.substr(0, colon);
  const std::string_view match = text.substr(colon + 1);
  if (kind == "rule") return {RuleCheck{std::string(match)}};
  if (kind == "role") return {RoleCheck{parse_template(match)}};
  if (kind == "http" || kind == "https") return {RemoteCheck{parse_template(text)}};
  return parse_generic(kind, parse_template(match));
}

/// A check that stands in quotes as a whole is a text, and a text alone says nothing.
void refuse_quoted(std::string_view word) {
  const bool is_quoted =
      word.size() >= 2 && (word.front() == '"' || word.front() == '\'') && word.front() == word.back();
  if (is_quoted) fail(fmt::format("{} is a text, not a check. Remove the quotes around it.", word));
}

/// Recursive descent: `or` binds weaker than `and`, `and` weaker than `not`.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Check parse() {
    Check check = disjunction();
    if (next().kind != Token::Kind::end)
      fail(fmt::format("\"{}\" is not expected there; an and or an or may be missing before it.",
                       next().text));
    return check;
  }

 private:
  const Token& next() const { return tokens_[position_]; }

  bool take(Token::Kind kind) {
    if (next().kind != kind) return false;
    ++position_;
    return true;
  }

  Check disjunction() {
    std::vector<Check> parts;
    do {
      parts.push_back(conjunction());
    } while (take(Token::Kind::disjunction));
    return parts.size() == 1 ? std::move(parts.front()) : Check{Disjunction{std::move(parts)}};
  }

  Check conjunction() {
    std::vector<Check> parts;
    do {
      parts.push_back(operand());
    } while (take(Token::Kind::conjunction));
    return parts.size() == 1 ? std::move(parts.front()) : Check{Conjunction{std::move(parts)}};
  }

  Check operand() {
    if (++nesting_ > max_nesting) fail(fmt::format("It is nested more than {} deep.", max_nesting));
    Check check = nested();
    --nesting_;
    return check;
  }

  Check nested() {
    if (take(Token::Kind::negation)) {
      std::vector<Check> part;
      part.push_back(operand());
      return {Negation{std::move(part)}};
    }
    if (take(Token::Kind::open)) {
      Check check = disjunction();
      if (!take(Token::Kind::close)) fail("A closing parenthesis is missing.");
      return check;
    }
    if (next().kind == Token::Kind::end) fail("It ends where a check is expected.");
    if (next().kind != Token::Kind::check)
      fail(fmt::format("\"{}\" stands where a check is expected.", next().text));
    const std::string_view word = next().text;
    ++position_;
    refuse_quoted(word);
    return parse_single(word);
  }

  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  int nesting_ = 0;
};

}  // namespace

Check parse_check(std::string_view text) {
  if (text.empty()) return constant(Verdict::yes);
  return Parser(tokenize(text)).parse();
}

Check parse_check(const std::vector<std::vector<std::string>>& alternatives) {
  if (alternatives.empty()) return constant(Verdict::yes);
  std::vector<Check> parts;
  for (const std::vector<std::string>& alternative : alternatives) {
    if (alternative.empty()) continue;
    std::vector<Check> checks;
    checks.reserve(alternative.size());
    for (const std::string& text : alternative) checks.push_back(parse_single(text));
    parts.push_back({Conjunction{std::move(checks)}});
  }
  return {Disjunction{std::move(parts)}};
}

}  // namespace vitrine::access
