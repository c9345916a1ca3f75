#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <stop_token>
#include <string_view>

#include "base/clock.h"

namespace vitrine::fetch {

/// How often something that failed is tried again, and after which time.
struct PatienceSettings {
  unsigned attempts = 7;                            ///< in a row that may fail
  std::chrono::milliseconds first_pause{500};       ///< doubled for each further attempt
  std::chrono::milliseconds longest_pause{30'000};  ///< whatever a server asks for
};

/// Counts attempts that fail in a row, and waits between them: longer each time, and not as long as others
/// that failed at the same moment. Used by one thread.
class Patience {
 public:
  explicit Patience(const PatienceSettings& settings);

  /// Something went well: the count starts anew.
  void restore() { failures_ = 0; }
  /// Counts a failure. Returns how long to wait before the next attempt, no less than `asked` but no more
  /// than the longest pause; nothing if there is to be no other.
  std::optional<std::chrono::milliseconds> next_pause(std::optional<std::chrono::seconds> asked = {});
  unsigned failures() const { return failures_; }

 private:
  const PatienceSettings settings_;
  unsigned failures_ = 0;
  std::minstd_rand random_;
};

/// Whether a server that answers with the status may do better when it is asked again: it is busy, or at
/// fault.
bool may_pass(unsigned status);

/// Waits that long; Error{cancelled} when the stop token asks.
void pause(std::chrono::milliseconds time, const std::stop_token& stop);

/// Waits before the next attempt. False if there is to be none, or no time for it. Throws Error{cancelled}.
bool wait_for_next(Patience& patience, Deadline deadline, const std::stop_token& stop);

/// What a Retry-After header says, as a time from now on; nothing if it is malformed.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace vitrine::fetch
