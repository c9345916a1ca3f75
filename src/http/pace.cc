#include "http/pace.h"

#include <algorithm>

namespace vitrine::http {

Deadline Pace::deadline(Time now) const {
  return patience_ == Duration::max() ? last_ : now + patience_;
}

std::uint64_t Pace::least() const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience_).count();
  return std::max<std::uint64_t>(1, rate_ * static_cast<std::uint64_t>(seconds));
}

bool Pace::is_too_slow(const Wait& wait) {
  if (patience_ == Duration::max()) return wait.is_over;
  if (wait.is_over && wait.moved_after - wait.moved_before < least()) return true;
  if (!has_begun_) moved_at_start_ = wait.moved_before;
  has_begun_ = true;
  waited_ += wait.length;
  if (waited_ < patience_) return false;
  if (wait.moved_after - moved_at_start_ < least()) return true;
  moved_at_start_ = wait.moved_after;
  waited_ = {};
  return false;
}

}  // namespace vitrine::http
