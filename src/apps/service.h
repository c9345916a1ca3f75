#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "config/config.h"

namespace vitrine::apps {

/// The running image service: every object of the program, built in order and destroyed in reverse.
class Service {
 public:
  /// Opens catalog and stores, settles what an earlier process left, and starts to listen. The configuration
  /// outlives the service. Throws Error{configuration}.
  explicit Service(const config::Config& config);
  /// Stops at once.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// The ports of the API.
  std::vector<std::uint16_t> ports() const;

  /// Takes no more requests and waits for those and the tasks under way, but not beyond the deadline. Returns
  /// whether all ended.
  bool drain(Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::apps
