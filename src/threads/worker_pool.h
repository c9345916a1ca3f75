#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace vitrine::threads {

using Task = std::function<void()>;

/// A fixed number of named threads that run tasks in the order they come. May be shared between threads.
/// A task must not throw, and must never wait for another task of the same pool.
class WorkerPool {
 public:
  /// Threads start at the first task. `name` shows in the process list (15 characters count).
  WorkerPool(std::string name, std::size_t size);
  /// Runs what was posted, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Never blocks: the queue has no bound of its own; whoever posts bounds what it has under way.
  void post(Task task);

  std::size_t size() const;
  /// Tasks waiting and running: for metrics and tests.
  std::size_t load() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::threads
