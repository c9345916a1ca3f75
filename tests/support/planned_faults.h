#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "fetch/patience.h"
#include "tests/support/origin_server.h"

namespace vitrine::tests {

/// Of a store that tries again, and does not wait long for it.
inline constexpr fetch::PatienceSettings short_patience{.attempts = 3,
                                                        .first_pause = std::chrono::milliseconds(1),
                                                        .longest_pause = std::chrono::milliseconds(2)};

/// What services in memory answer when a test wants them to fail. May be used from all threads.
class PlannedFaults {
 public:
  using Fault = std::function<std::optional<Page>(const SeenRequest&)>;

  /// What the fault answers counts; requests that it has no answer for are carried out.
  void fail_before(Fault fault) {
    const std::lock_guard lock(mutex_);
    before_ = std::move(fault);
  }
  /// The same for requests that were carried out.
  void fail_after(Fault fault) {
    const std::lock_guard lock(mutex_);
    after_ = std::move(fault);
  }

 protected:
  /// The planned answer, or that of `carry_out`. Whoever calls holds the mutex.
  template <class CarryOut>
  Page answer_as_planned(const SeenRequest& request, const CarryOut& carry_out) const {
    if (before_) {
      if (auto page = before_(request)) return *page;
    }
    Page page = carry_out(request);
    if (after_) {
      if (auto other = after_(request)) return *other;
    }
    return page;
  }

  mutable std::mutex mutex_;  ///< of everything that the service keeps

 private:
  Fault before_;
  Fault after_;
};

}  // namespace vitrine::tests
