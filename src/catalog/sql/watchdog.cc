#include "catalog/sql/watchdog.h"

#include <sys/socket.h>

namespace vitrine::catalog::sql {

Watchdog::Watchdog(std::chrono::seconds patience)
    : patience_(patience), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Watchdog::run(const std::stop_token& stop) {
  // Looking now and then is cheaper than being woken for every statement.
  constexpr std::chrono::seconds pause{1};
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    stopped_.wait_for(lock, stop, pause, [] { return false; });
    cut_overdue();
  }
}

void Watchdog::cut_overdue() {
  const auto now = std::chrono::steady_clock::now();
  for (Entry& entry : entries_) {
    if (entry.deadline > now) return;
    // The library finds an end where it waits for an answer, and closes the socket itself.
    shutdown(entry.socket, SHUT_RDWR);
  }
}

Watch::Watch(Watchdog* watchdog, int socket) : watchdog_(watchdog) {
  if (!watchdog_) return;
  const std::lock_guard lock(watchdog_->mutex_);
  entry_ = watchdog_->entries_.insert(watchdog_->entries_.end(),
                                      {socket, std::chrono::steady_clock::now() + watchdog_->patience_});
}

Watch::~Watch() {
  if (!watchdog_) return;
  const std::lock_guard lock(watchdog_->mutex_);
  watchdog_->entries_.erase(entry_);
}

}  // namespace vitrine::catalog::sql
