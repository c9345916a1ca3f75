#include "imports/task_runner.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "threads/worker_pool.h"

namespace vitrine::imports {
namespace {

constexpr std::string_view service_stops = "The service was stopped before the task was done.";

}  // namespace

struct TaskRunner::State {
  State(std::size_t threads, std::chrono::milliseconds its_heartbeat)
      : heartbeat(its_heartbeat),
        pool("tasks", threads),
        beater([this](const std::stop_token& stop) { keep_beating(stop); }) {}

  /// A task and how far it is.
  struct Entry {
    std::unique_ptr<BackgroundTask> task;
    bool is_beating = false;  ///< it must not be destroyed now
  };
  using Entries = std::list<Entry>;

  void run(Entries::iterator entry);
  void keep_beating(const std::stop_token& stop);
  void beat_all(const std::stop_token& stop);
  void beat(Entries::iterator entry);

  const std::chrono::milliseconds heartbeat;
  std::mutex mutex;
  std::condition_variable_any changed;
  Entries entries;
  bool is_ending = false;
  // Joined first, the beater before the pool.
  threads::WorkerPool pool;
  std::jthread beater;
};

void TaskRunner::State::run(Entries::iterator entry) {
  entry->task->run();
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return !entry->is_beating; });
  Entry ended = std::move(*entry);
  entries.erase(entry);
  changed.notify_all();
  lock.unlock();
}

void TaskRunner::State::keep_beating(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    changed.wait_for(lock, stop, heartbeat, [] { return false; });
    lock.unlock();
    beat_all(stop);
    lock.lock();
  }
}

/// One after the other, without the lock: others may come and end meanwhile.
void TaskRunner::State::beat_all(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  std::vector<Entries::iterator> now;
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    entry->is_beating = true;
    now.push_back(entry);
  }
  for (const auto& entry : now) {
    lock.unlock();
    if (!stop.stop_requested()) beat(entry);
    lock.lock();
    entry->is_beating = false;
    changed.notify_all();
  }
}

/// A task that cannot give a sign of life may be taken for dead by others, so it is ended here.
void TaskRunner::State::beat(Entries::iterator entry) {
  try {
    entry->task->beat();
  } catch (const std::exception& failure) {
    log::error("Task {} is ended, as it cannot say that it lives: {}", entry->task->id(), failure.what());
    entry->task->cancel("The task could not say that it lives.");
  }
}

TaskRunner::TaskRunner(std::size_t threads, std::chrono::milliseconds heartbeat)
    : state_(std::make_unique<State>(threads, heartbeat)) {}

TaskRunner::~TaskRunner() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
    for (State::Entry& entry : state_->entries) entry.task->cancel(service_stops);
  }
  drain(Deadline::max());
}

void TaskRunner::post(std::unique_ptr<BackgroundTask> task) {
  State::Entries::iterator entry;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->is_ending) task->cancel(service_stops);
    entry = state_->entries.insert(state_->entries.end(), {std::move(task)});
  }
  state_->pool.post([state = state_.get(), entry] { state->run(entry); });
}

void TaskRunner::cancel(std::string_view image_id, std::string_view reason) noexcept {
  const std::lock_guard lock(state_->mutex);
  for (State::Entry& entry : state_->entries) {
    if (entry.task->image_id() == image_id) entry.task->cancel(reason);
  }
}

bool TaskRunner::wait_for(std::string_view image_id, Deadline deadline) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_until(lock, deadline, [&] {
    return std::ranges::none_of(
        state_->entries, [&](const State::Entry& entry) { return entry.task->image_id() == image_id; });
  });
}

bool TaskRunner::drain(Deadline deadline) {
  std::unique_lock lock(state_->mutex);
  const auto is_idle = [this] { return state_->entries.empty(); };
  if (deadline != Deadline::max()) return state_->changed.wait_until(lock, deadline, is_idle);
  state_->changed.wait(lock, is_idle);
  return true;
}

}  // namespace vitrine::imports
