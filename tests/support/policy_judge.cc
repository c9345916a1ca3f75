// Judges questions for tests in other languages: reads one JSON object a line,
//   {"rules": {NAME: RULE, …}, "enforce_new_defaults": BOOL,
//    "questions": [{"rule": NAME, "credentials": {…}, "target": {…}}, …]}
// and writes one a line, {"allowed": [BOOL, …], "faults": [TEXT, …]}.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <string>

#include "access/policy_rules.h"

namespace {

namespace json = boost::json;
using namespace vitrine;

json::object judge(const json::object& task) {
  access::PolicyFile file = access::parse_policy_file(json::serialize(task.at("rules")), "rules");
  json::array faults;
  for (const config::Finding& finding : file.findings) faults.emplace_back(finding.message);
  const access::PolicyRules rules(std::move(file.rules),
                                  {.enforces_new_defaults = task.at("enforce_new_defaults").as_bool()});
  json::array allowed;
  for (const json::value& question : task.at("questions").as_array()) {
    const access::Credentials credentials(question.at("credentials").as_object());
    const access::ObjectTarget target(question.at("target").as_object());
    allowed.emplace_back(rules.allow(question.at("rule").as_string(), credentials, target));
  }
  return {{"allowed", std::move(allowed)}, {"faults", std::move(faults)}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);)
    std::cout << json::serialize(judge(json::parse(line).as_object())) << '\n';
}
