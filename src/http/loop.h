#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <thread>
#include <unordered_set>

#include "base/clock.h"
#include "http/async.h"

namespace vitrine::http {

class Connection;

/// One I/O thread with the connections that live on it. A connection never changes its thread, so nothing
/// that belongs to it needs a lock. Unless said otherwise, functions are called on that thread.
class Loop {
 public:
  Loop();
  /// Every connection is gone by then.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  asio::io_context& context() { return context_; }

  void add(Connection& connection) { connections_.insert(&connection); }
  void remove(Connection& connection) { connections_.erase(&connection); }

  /// Has every connection look at its deadlines at that time, or a little later. One timer serves all of
  /// them, because most deadlines are moved before they are reached.
  void expect(Deadline deadline);

  /// Calls it for every connection. On any thread; returns before it is done.
  void post_to_all(std::function<void(Connection&)> call);

 private:
  void sweep();

  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_;
  Timer timer_;
  Deadline armed_ = Deadline::max();
  std::unordered_set<Connection*> connections_;
  std::thread thread_;
};

}  // namespace vitrine::http
