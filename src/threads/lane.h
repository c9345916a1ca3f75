#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>

#include "base/clock.h"
#include "threads/worker_pool.h"

namespace vitrine::threads {

/// Runs tasks one after the other on a pool: a queue that runs until it is empty and then gives its thread
/// back, so a stalled lane holds one thread at most and an idle one none. Used by one producer at a time.
class Lane {
 public:
  /// The pool must outlive the lane. `bound`: how many tasks may wait or run before post() blocks the
  /// producer.
  Lane(WorkerPool& pool, std::size_t bound);
  /// Waits for the task that is under way, unless end_with() was called; those not yet begun are dropped.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Blocks while the lane is full. A task that throws ends the lane: what is queued is dropped and the
  /// exception comes out of the next post() or finish(). Throws Error{cancelled} when the stop token asks,
  /// Error{timed_out} at the deadline; the task was then not queued. Nor was it if false comes back: the lane
  /// has had work for `stall_timeout` and ended no task (0: it may take as long as it likes).
  bool post(Task task, std::stop_token stop, Deadline deadline, std::chrono::milliseconds stall_timeout = {});

  /// Waits until everything queued has run; throws what a task threw, Error{cancelled} or Error{timed_out}.
  /// False if the lane stalls, as post() says.
  bool finish(std::stop_token stop, Deadline deadline, std::chrono::milliseconds stall_timeout = {});

  /// Drops what is queued and has `last` run on the pool as soon as the task under way, whose exceptions
  /// count no more, has returned. Nothing may be posted afterwards. The destructor then waits for nothing, so
  /// neither task may use what the lane's owner takes along; finish() still tells when `last` has run.
  void end_with(Task last);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vitrine::threads
