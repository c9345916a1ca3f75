#include "threads/lane.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>

#include "base/error.h"

namespace vitrine::threads {

/// Shared by the lane and the run that it posted to the pool, which may begin long after the lane has ended.
struct Lane::State {
  State(WorkerPool& its_pool, std::size_t its_bound) : pool(its_pool), bound(its_bound) {}

  WorkerPool& pool;
  const std::size_t bound;

  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<Task> queue;
  bool is_posted = false;   ///< a run is in the pool's queue or under way
  bool is_running = false;  ///< a task is under way
  bool is_ending = false;   ///< end_with() was called
  Task last;                ///< empty: none, or it has begun
  std::exception_ptr failure;
  Deadline moved_at;  ///< when a task ended, or work came after there was none

  std::size_t load() const { return queue.size() + (is_running ? 1 : 0) + (last ? 1 : 0); }
  bool is_contended() const { return pool.load() > pool.size(); }

  template <class Condition>
  bool wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop, Deadline deadline,
            std::chrono::milliseconds stall_timeout, Condition is_met);
  Task next();
  void run_one(std::unique_lock<std::mutex>& lock);
  static void post_run(const std::shared_ptr<State>& state);
  static void run(const std::shared_ptr<State>& state);
};

/// Waits for the condition or a failed task; false if the lane stalls, throws if none of these comes.
template <class Condition>
bool Lane::State::wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop, Deadline deadline,
                       std::chrono::milliseconds stall_timeout, Condition is_met) {
  for (;;) {
    const Deadline seen = moved_at;
    const Deadline stalls_at = stall_timeout.count() > 0 ? seen + stall_timeout : Deadline::max();
    const bool has_news = changed.wait_until(lock, stop, std::min(deadline, stalls_at), [&] {
      return failure || is_met() || (moved_at != seen && stalls_at < deadline);
    });
    if (failure) std::rethrow_exception(failure);
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "The transfer was cancelled.");
    if (is_met()) return true;
    if (has_news) continue;
    if (stalls_at < deadline) return false;
    throw Error(ErrorCode::timed_out, "The transfer made no progress in time.");
  }
}

Task Lane::State::next() {
  if (queue.empty()) return std::exchange(last, nullptr);
  Task task = std::move(queue.front());
  queue.pop_front();
  return task;
}

void Lane::State::run_one(std::unique_lock<std::mutex>& lock) {
  Task task = next();
  is_running = true;
  lock.unlock();

  std::exception_ptr thrown;
  try {
    task();
  } catch (...) {
    thrown = std::current_exception();
  }
  task = nullptr;  // whoever waits for the lane may count on its chunks being released

  std::deque<Task> dropped;
  if (thrown) {
    const std::lock_guard guard(mutex);
    if (!is_ending) failure = std::move(thrown);
    dropped.swap(queue);
  }
  dropped.clear();

  lock.lock();
  is_running = false;
  moved_at = std::chrono::steady_clock::now();
  changed.notify_all();
}

void Lane::State::post_run(const std::shared_ptr<State>& state) {
  state->pool.post([state] { run(state); });
}

/// Runs what is queued, but lets others on the pool have their turn after each task.
void Lane::State::run(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  while (!state->queue.empty() || state->last) {
    state->run_one(lock);
    if (!state->queue.empty() && state->is_contended()) return post_run(state);
  }
  state->is_posted = false;
}

Lane::Lane(WorkerPool& pool, std::size_t bound) : state_(std::make_shared<State>(pool, bound)) {}

/// Takes everything out of the state, since a run that is still in the pool's queue may keep it for long.
Lane::~Lane() {
  std::deque<Task> dropped;
  std::exception_ptr failure;
  std::unique_lock lock(state_->mutex);
  if (state_->is_ending) return;
  dropped.swap(state_->queue);
  state_->changed.wait(lock, [this] { return !state_->is_running; });
  failure.swap(state_->failure);
}

bool Lane::post(Task task, std::stop_token stop, Deadline deadline, std::chrono::milliseconds stall_timeout) {
  std::unique_lock lock(state_->mutex);
  const auto has_room = [this] { return state_->load() < state_->bound; };
  if (!state_->wait(lock, stop, deadline, stall_timeout, has_room)) return false;
  if (state_->load() == 0) state_->moved_at = std::chrono::steady_clock::now();
  if (!state_->is_posted) {
    State::post_run(state_);
    state_->is_posted = true;
  }
  state_->queue.push_back(std::move(task));
  return true;
}

bool Lane::finish(std::stop_token stop, Deadline deadline, std::chrono::milliseconds stall_timeout) {
  std::unique_lock lock(state_->mutex);
  return state_->wait(lock, stop, deadline, stall_timeout, [this] { return state_->load() == 0; });
}

void Lane::end_with(Task last) {
  std::deque<Task> dropped;
  const std::lock_guard lock(state_->mutex);
  if (!state_->is_posted) State::post_run(state_);
  state_->is_posted = true;
  dropped.swap(state_->queue);
  state_->is_ending = true;
  state_->last = std::move(last);
  state_->failure = nullptr;
  state_->moved_at = std::chrono::steady_clock::now();
}

}  // namespace vitrine::threads
