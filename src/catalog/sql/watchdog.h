#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace vitrine::catalog::sql {

/// Cuts connections on which a server takes too long, for client libraries that wait for an answer without an
/// end: a server that is frozen, or whose network swallows everything, says nothing. May be shared between
/// threads.
class Watchdog {
 public:
  /// An answer may take so long, and up to a second more.
  explicit Watchdog(std::chrono::seconds patience);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  friend class Watch;
  struct Entry {
    int socket;
    Deadline deadline;
  };

  void run(const std::stop_token& stop);
  void cut_overdue();

  const std::chrono::seconds patience_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::list<Entry> entries_;  ///< the oldest first
  std::jthread thread_;       ///< ends before what it uses
};

/// Lets a watchdog, if there is one, look after a socket for as long as this lives; the socket stays open so
/// long.
class Watch {
 public:
  Watch(Watchdog* watchdog, int socket);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  Watchdog* const watchdog_;
  std::list<Watchdog::Entry>::iterator entry_{};
};

}  // namespace vitrine::catalog::sql
