#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vitrine::access {

/// What a check says. `undecidable` (a rule that cannot be understood, a policy server that does not answer)
/// ends the evaluation and denies, so that a `not` in front of it cannot turn it into a permission.
enum class Verdict : std::uint8_t { no, yes, undecidable };

/// Text with places for values of the target: `%(key)s`.
struct Template {
  struct Piece {
    std::string text;  ///< as it is, or the key
    bool is_key = false;
  };
  std::vector<Piece> pieces;  ///< no two texts in a row
};

struct Check;

struct Constant {
  Verdict verdict = Verdict::undecidable;
};

struct Negation {
  std::vector<Check> part;  ///< exactly one
};

struct Conjunction {
  std::vector<Check> parts;
};

struct Disjunction {
  std::vector<Check> parts;
};

/// `rule:name`
struct RuleCheck {
  static constexpr std::size_t nowhere = SIZE_MAX;

  std::string name;
  std::size_t index = nowhere;  ///< among the rules of the set that the check is part of
};

/// `role:name`
struct RoleCheck {
  Template role;
};

/// `'literal':value`
struct LiteralCheck {
  std::string text;
  Template value;
};

/// `credential:value`
struct CredentialCheck {
  std::vector<std::string> path;  ///< never empty; several for a credential inside others
  Template value;
};

/// `http:url`, `https:url`
struct RemoteCheck {
  Template url;
};

/// A rule of the policy, parsed: a tree. Immutable once it is part of a rule set.
struct Check {
  std::variant<Constant, Negation, Conjunction, Disjunction, RuleCheck, RoleCheck, LiteralCheck,
               CredentialCheck, RemoteCheck>
      node;
};

inline Check constant(Verdict verdict) {
  return {Constant{verdict}};
}

/// Calls the function with every RuleCheck in the tree.
template <class Node, class Function>
void for_each_rule_check(Node& check, const Function& function) {
  std::visit(
      [&](auto& node) {
        if constexpr (requires { node.index; }) function(node);
        if constexpr (requires { node.parts; }) {
          for (auto& part : node.parts) for_each_rule_check(part, function);
        }
        if constexpr (requires { node.part; }) for_each_rule_check(node.part.front(), function);
      },
      check.node);
}

}  // namespace vitrine::access
