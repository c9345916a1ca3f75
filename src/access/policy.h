#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "access/policy_files.h"
#include "access/policy_rules.h"
#include "config/config.h"

namespace vitrine::access {

/// The rules that the configuration asks for, as its policy files are at this moment, and all that is to be
/// said about those files. What is of severity error must keep a service from starting.
struct PolicyReading {
  std::shared_ptr<const PolicyRules> rules;
  std::vector<config::Finding> findings;
};
PolicyReading read_policy(const config::Config& config, const AskRemote& ask = {});

/// The policy of a running service. A file that was changed, added or removed counts from the next snapshot
/// on; while one of them cannot be used, what was read before stays. May be shared between threads.
class Policy {
 public:
  /// The configuration outlives the policy. Throws Error{configuration} that names every fault; what else is
  /// to be said of the files read_policy() says.
  explicit Policy(const config::Config& config, AskRemote ask = {});

  /// The rules for one request: take it once and keep it, for it looks at the files.
  std::shared_ptr<const PolicyRules> snapshot();

 private:
  struct State {
    PolicyFiles files;
    PolicyTexts texts;
    std::shared_ptr<const PolicyRules> rules;
  };

  std::shared_ptr<const State> state() const;
  /// Makes this the state and returns its rules; says so unless the texts were known already.
  std::shared_ptr<const PolicyRules> publish(State fresh, const std::vector<config::Finding>& findings);

  const config::Config& config_;
  const AskRemote ask_;
  mutable std::mutex mutex_;  ///< guards state_
  std::shared_ptr<const State> state_;
};

}  // namespace vitrine::access
