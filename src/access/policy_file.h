#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/policy_check.h"
#include "config/config.h"

namespace vitrine::access {

/// A rule as a policy file has it.
struct FileRule {
  std::string name;
  Check check;  ///< denies if it could not be understood
  std::string file;
  int line = 0;
};

/// What a policy file says, and what is wrong with it: findings of severity error.
struct PolicyFile {
  std::vector<FileRule> rules;  ///< in the order of their lines, each name once
  std::vector<config::Finding> findings;
};

/// Reads the text of a policy file: YAML, and so JSON. `name` is the file's, for the findings.
PolicyFile parse_policy_file(std::string_view text, const std::string& name);

}  // namespace vitrine::access
