#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace vitrine::http {

/// Decides when a peer is too slow. Only the time spent waiting for it counts, never our own work.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// Too slow is a wait of the whole of `patience` in which hardly a byte moved, or fewer than `rate` bytes
  /// per second on average over that much waiting.
  static Pace steady(std::chrono::seconds patience, std::uint64_t rate) {
    return {patience, rate, Deadline::max()};
  }
  /// Too slow is whatever is not over at the deadline.
  static Pace until(Deadline deadline) { return {Duration::max(), 0, deadline}; }

  /// When a wait that begins now is to be ended.
  Deadline deadline(Time now) const;

  struct Wait {
    Duration length;
    bool is_over;                ///< it reached its deadline
    std::uint64_t moved_before;  ///< bytes since the connection began
    std::uint64_t moved_after;
  };
  /// Judges a wait that has ended.
  bool is_too_slow(const Wait& wait);

 private:
  Pace(Duration patience, std::uint64_t rate, Deadline last)
      : patience_(patience), rate_(rate), last_(last) {}

  std::uint64_t least() const;

  Duration patience_;
  std::uint64_t rate_;
  Deadline last_;
  Duration waited_{};                 ///< in the present period
  std::uint64_t moved_at_start_ = 0;  ///< of the present period
  bool has_begun_ = false;
};

}  // namespace vitrine::http
