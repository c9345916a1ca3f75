#pragma once

#include <atomic>
#include <chrono>
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

/// The policy of a running service. A file that was changed, added or removed counts from the first snapshot
/// that looks at it; while one of them cannot be used, what was read before stays. May be shared between
/// threads.
class Policy {
 public:
  /// The files are not looked at again so soon, as that is a dozen system calls.
  static constexpr std::chrono::milliseconds usual_pause{100};

  /// The configuration outlives the policy. Throws Error{configuration} that names every fault; what else is
  /// to be said of the files read_policy() says.
  explicit Policy(const config::Config& config, AskRemote ask = {},
                  std::chrono::milliseconds pause = usual_pause);

  /// The rules for one request: take it once and keep it, for it may look at the files.
  std::shared_ptr<const PolicyRules> snapshot();

 private:
  struct State {
    PolicyFiles files;
    PolicyTexts texts;
    std::shared_ptr<const PolicyRules> rules;
  };

  std::shared_ptr<const State> state() const;
  /// Whether the pause is over; another begins.
  bool is_time_to_look();
  /// Makes this the state and returns its rules; says so unless the texts were known already.
  std::shared_ptr<const PolicyRules> publish(State fresh, const std::vector<config::Finding>& findings);

  const config::Config& config_;
  const AskRemote ask_;
  const std::chrono::milliseconds pause_;
  std::atomic<std::chrono::steady_clock::time_point> next_look_;
  mutable std::mutex mutex_;  ///< guards state_
  std::shared_ptr<const State> state_;
};

}  // namespace vitrine::access
