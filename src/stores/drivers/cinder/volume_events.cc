#include "stores/drivers/cinder/volume_events.h"

#include <poll.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

/// The libraries look at their own time-outs whenever they are served.
constexpr std::chrono::milliseconds longest_step{100};

}  // namespace

void VolumeEvents::step(std::chrono::milliseconds longest) {
  pollfd waiting{.fd = descriptor(), .events = static_cast<short>(wanted_events()), .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(longest.count())) < 0) waiting.revents = 0;  // a signal
  service(waiting.revents);
}

void VolumeEvents::serve() {
  step(std::chrono::milliseconds(0));
}

void VolumeEvents::serve_until(const StoreCall& call, const std::function<bool()>& is_done) {
  unsigned long seen = progress_;
  Deadline end = deadline_in(patience_);
  while (!is_done()) {
    step(longest_step);
    if (call.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The transfer was stopped");
    const auto now = std::chrono::steady_clock::now();
    if (now >= call.deadline)
      throw Error(ErrorCode::timed_out, "The volume's server does not answer in time.");
    if (progress_ != seen) {
      seen = progress_;
      end = deadline_in(patience_);
    } else if (now >= end) {
      throw Error(ErrorCode::unavailable, "The volume's server does not answer. Try again later.");
    }
  }
}

}  // namespace vitrine::stores
