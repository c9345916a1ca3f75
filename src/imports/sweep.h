#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "imports/means.h"

namespace vitrine::imports {

/// Settles tasks that nobody works on any more: those that this process could not settle when they ended,
/// and those of nodes that are gone, of which any living node takes each, and one alone. A task of ours is
/// dead if its row did not change for ten of its heartbeats by this node's own clock, so that clocks need not
/// agree; one of Python Glance, which gives no regular signs, if it is older than the operator allows. Used
/// by one thread.
class Sweep {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Everything is borrowed.
  Sweep(const Means& means, const Clock& clock) : means_(means), clock_(clock) {}

  /// One look at everything. What cannot be settled now is logged once and tried again in the next round.
  void round(Instant now) noexcept;

 private:
  /// What is known of another node's task.
  struct Sighting {
    Timestamp updated_at;
    Instant since;  ///< its row has been so
    bool is_known_now = true;
  };

  void settle_own();
  void settle_others(Instant now);
  std::vector<model::Task> tasks_of_others() const;
  std::vector<model::Task> unfinished(std::string_view type, model::TaskStatus status) const;
  bool is_dead(const model::Task& task, Instant now);
  void take_over(const model::Task& dead);
  void end_location_task(const model::Task& dead, const std::string& image_id);
  void take_over_import(const model::Task& dead, const std::string& image_id);
  void remember(const transfer::JournalEntry& line);
  void complain(const std::string& id, const std::string& what);

  const Means means_;
  const Clock& clock_;
  std::map<std::string, Sighting> sightings_;      ///< by the task's id
  std::map<std::string, std::string> complaints_;  ///< the last one about each line or task
};

/// Sweeps again and again on a thread of its own, from its creation to its end.
class Sweeper {
 public:
  Sweeper(const Means& means, const Clock& clock);

 private:
  std::jthread thread_;
};

}  // namespace vitrine::imports
