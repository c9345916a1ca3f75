#include "access/policy_evaluation.h"

#include <optional>
#include <string>
#include <variant>

#include "access/policy_template.h"
#include "base/error.h"
#include "base/log.h"

namespace vitrine::access {
namespace {

/// Keeps the stack small, whatever rules refer to each other.
constexpr int max_depth = 500;

Verdict verdict_of(bool holds) {
  return holds ? Verdict::yes : Verdict::no;
}

class Evaluation {
 public:
  Evaluation(const PolicyQuestion& question, const PolicyContext& context)
      : question_(question), context_(context) {}

  Verdict of(const Check& check) {
    if (depth_ == max_depth) {
      log::error("Policy rule {} refers to others more than {} deep. It denies.", question_.rule, max_depth);
      return Verdict::undecidable;
    }
    ++depth_;
    const Verdict verdict = std::visit(*this, check.node);
    --depth_;
    return verdict;
  }

  Verdict operator()(const Constant& constant) { return constant.verdict; }

  Verdict operator()(const Negation& negation) {
    const Verdict verdict = of(negation.part.front());
    return verdict == Verdict::undecidable ? verdict : verdict_of(verdict == Verdict::no);
  }

  Verdict operator()(const Conjunction& conjunction) {
    for (const Check& part : conjunction.parts) {
      if (const Verdict verdict = of(part); verdict != Verdict::yes) return verdict;
    }
    return Verdict::yes;
  }

  Verdict operator()(const Disjunction& disjunction) {
    for (const Check& part : disjunction.parts) {
      if (const Verdict verdict = of(part); verdict != Verdict::no) return verdict;
    }
    return Verdict::no;
  }

  Verdict operator()(const RuleCheck& rule) {
    return rule.index == RuleCheck::nowhere ? Verdict::no : of(context_.rules[rule.index]);
  }

  Verdict operator()(const RoleCheck& check) {
    const auto role = expand(check.role, question_.target, scratch_);
    return verdict_of(role && question_.credentials.has_role(*role));
  }

  Verdict operator()(const LiteralCheck& literal) {
    return verdict_of(expand(literal.value, question_.target, scratch_) == literal.text);
  }

  Verdict operator()(const CredentialCheck& credential) {
    const auto value = expand(credential.value, question_.target, scratch_);
    return verdict_of(value && question_.credentials.has(credential.path, *value));
  }

  Verdict operator()(const RemoteCheck& remote) {
    const auto url = expand(remote.url, question_.target, scratch_);
    if (!url) {
      log::error("Policy rule {}: the target lacks a value for the address of the policy server. It denies.",
                 question_.rule);
      return Verdict::undecidable;
    }
    return ask(std::string(*url));
  }

 private:
  Verdict ask(std::string url) const {
    try {
      if (!context_.ask) throw Error(ErrorCode::unavailable, "no policy server can be asked.");
      return verdict_of(is_permission(context_.ask(remote_question(
          std::move(url), context_.format, question_.rule, question_.credentials, question_.target))));
    } catch (const Error& error) {
      log::error("Policy rule {} denies, for the policy server gave no answer: {}", question_.rule,
                 error.what());
      return Verdict::undecidable;
    }
  }

  const PolicyQuestion& question_;
  const PolicyContext& context_;
  std::string scratch_;
  int depth_ = 0;
};

}  // namespace

Verdict evaluate(const Check& check, const PolicyQuestion& question, const PolicyContext& context) {
  return Evaluation(question, context).of(check);
}

}  // namespace vitrine::access
