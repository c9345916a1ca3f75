#pragma once

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
  /// Waits for the tasks that are under way; those not yet begun are dropped.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Blocks while the lane is full. A task that throws ends the lane: what is queued is dropped and the
  /// exception comes out of the next post() or finish(). Throws Error{cancelled} when the stop token asks,
  /// Error{timed_out} at the deadline; the task was then not queued.
  void post(Task task, std::stop_token stop, Deadline deadline);

  /// Waits until everything queued has run; throws what a task threw, Error{cancelled} or Error{timed_out}.
  void finish(std::stop_token stop, Deadline deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vitrine::threads
