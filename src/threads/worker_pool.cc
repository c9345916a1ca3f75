#include "threads/worker_pool.h"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vitrine::threads {

struct WorkerPool::State {
  std::string name;
  std::size_t size;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> queue;
  std::vector<std::thread> workers;
  std::size_t idle = 0;
  std::size_t running = 0;
  bool is_ending = false;

  void start_worker();
  void work() noexcept;
};

/// Called with the lock held. When the system has no thread to give, the workers that exist must do.
void WorkerPool::State::start_worker() {
  try {
    workers.emplace_back([this] { work(); });
  } catch (const std::system_error& failure) {
    if (workers.empty())
      throw Error(ErrorCode::unavailable, "Cannot start a thread: " + failure.code().message());
  }
}

void WorkerPool::State::work() noexcept {
  constexpr std::size_t longest_name = 15;
  pthread_setname_np(pthread_self(), name.substr(0, longest_name).c_str());

  std::unique_lock lock(mutex);
  for (;;) {
    ++idle;
    changed.wait(lock, [this] { return !queue.empty() || is_ending; });
    --idle;
    if (queue.empty()) return;
    Task task = std::move(queue.front());
    queue.pop_front();
    ++running;
    lock.unlock();
    task();
    task = nullptr;  // what it holds is released before it stops to count
    lock.lock();
    --running;
  }
}

WorkerPool::WorkerPool(std::string name, std::size_t size) : state_(std::make_unique<State>()) {
  state_->name = std::move(name);
  state_->size = size;
  state_->workers.reserve(size);
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

void WorkerPool::post(Task task) {
  {
    const std::lock_guard lock(state_->mutex);
    const bool is_short = state_->queue.size() >= state_->idle;
    if (is_short && state_->workers.size() < state_->size) state_->start_worker();
    state_->queue.push_back(std::move(task));
  }
  state_->changed.notify_one();
}

std::size_t WorkerPool::size() const {
  return state_->size;
}

std::size_t WorkerPool::load() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size() + state_->running;
}

}  // namespace vitrine::threads
