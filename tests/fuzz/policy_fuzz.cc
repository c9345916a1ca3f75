#include "access/policy_file.h"
#include "access/policy_parser.h"
#include "access/policy_rules.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// A rule that can be read, and its reverse, are never both permissions.
void read_rule(std::string_view text) {
  const std::string rule = text.empty() ? "@" : std::string(text);
  std::vector<access::FileRule> rules;
  rules.push_back({"one", access::parse_check(rule), "", 1});
  rules.push_back({"reverse", access::parse_check("not (" + rule + ")"), "", 2});
  const access::PolicyRules policy(std::move(rules));
  model::Caller caller;
  caller.project_id = "p";
  caller.roles = {"member"};
  const access::Credentials credentials(caller);
  const access::TextTarget target({{"owner", "p"}, {"visibility", "public"}});
  require(!policy.allow("one", credentials, target) || !policy.allow("reverse", credentials, target));
}

/// Every rule has a name and a line, and what is wrong has a reason.
void read_file(std::string_view text) {
  const access::PolicyFile file = access::parse_policy_file(text, "policy.yaml");
  for (const access::FileRule& rule : file.rules) require(rule.line > 0);
  for (const config::Finding& finding : file.findings) require(!finding.message.empty());
}

void read_policy(std::string_view text) {
  read_file(text);
  read_rule(text);
}

}  // namespace

VITRINE_FUZZ(read_policy);

}  // namespace vitrine::tests
