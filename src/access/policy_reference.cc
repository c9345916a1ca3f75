#include "access/policy_reference.h"

#include <fmt/format.h>

#include "access/default_rules.h"
#include "base/text.h"

namespace vitrine::access {
namespace {

constexpr std::string_view title = R"(# Policy rules

Who may do what, as long as no policy file says otherwise; [policy](../operators/policy.md) says how to write one.
With `[oslo_policy] enforce_new_defaults = false` a caller for whom the older default holds may do it, too. A rule with
an operation is for tokens of a project: one for a domain or for the whole system never passes.

| Rule | Default | Older default | Operations | Meaning |
|---|---|---|---|---|
)";

std::string shown(std::string_view check) {
  return check.empty() ? "everybody" : fmt::format("`{}`", check);
}

std::string shown_operations(std::string_view operations) {
  if (operations.empty()) return "";
  return fmt::format("`{}`", join(split(operations, ';'), "`<br>`"));
}

}  // namespace

std::string write_policy_reference() {
  std::string page(title);
  for (const DefaultRule& rule : default_rules()) {
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", rule.name, shown(rule.check),
                        rule.older_check ? shown(*rule.older_check) : "", shown_operations(rule.operations),
                        rule.description);
  }
  return page;
}

}  // namespace vitrine::access
