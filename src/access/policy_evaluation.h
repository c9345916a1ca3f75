#pragma once

#include <string_view>
#include <vector>

#include "access/policy_check.h"
#include "access/policy_remote.h"

namespace vitrine::access {

/// One question put to the rules: may these credentials do what `rule` stands for with this target?
struct PolicyQuestion {
  std::string_view rule;
  const Credentials& credentials;
  const PolicyTarget& target;
};

/// What checks need beside the question. Borrowed.
struct PolicyContext {
  const std::vector<Check>& rules;  ///< what RuleCheck::index refers to
  const AskRemote& ask;             ///< empty: no policy server can be asked
  RemoteFormat format;
};

/// What the check says. Allocates nothing unless it has to ask a policy server or to put a text together.
Verdict evaluate(const Check& check, const PolicyQuestion& question, const PolicyContext& context);

}  // namespace vitrine::access
