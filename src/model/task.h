#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/caller.h"

namespace vitrine::model {

enum class TaskStatus { pending, processing, success, failure };

std::string_view to_string(TaskStatus status);
std::optional<TaskStatus> parse_task_status(std::string_view text);

/// Work that the service does for somebody who does not wait for it.
struct Task {
  std::string id;
  std::string type;
  TaskStatus status = TaskStatus::pending;
  std::string owner;  ///< a project's id
  std::optional<std::string> image_id;
  std::optional<std::string> request_id;
  std::optional<std::string> user_id;
  std::optional<Timestamp> expires_at;  ///< when a finished task stops being listed
  Timestamp created_at{};
  Timestamp updated_at{};
  std::optional<Timestamp> deleted_at;
  bool is_deleted = false;

  std::optional<boost::json::object> input;
  std::optional<boost::json::object> result;
  std::string message;  ///< for people: progress, or why it failed
};

/// Takes the step or throws Error{conflict}. A task that is finished by it is kept for `time_to_live`.
void change_status(Task& task, TaskStatus to, Timestamp now, std::chrono::hours time_to_live);

/// Whether the caller may know of the task. Tasks that are deleted are only seen by administrators.
bool may_see(const Caller& caller, const Task& task);

/// What tasks can be sorted by and searched for, by the names of the API.
enum class TaskColumn {
  id,
  type,
  status,
  owner,
  image_id,
  request_id,
  user_id,
  expires_at,
  created_at,
  updated_at,
  deleted_at,
};

std::string_view to_string(TaskColumn column);
std::optional<TaskColumn> parse_task_column(std::string_view text);
/// Whether the column holds a time.
bool is_time(TaskColumn column);

/// What a list of tasks is asked for, already checked. Deleted and expired tasks never match.
struct TaskQuery {
  std::uint64_t limit = 25;
  std::optional<std::string> marker;  ///< id of the task after which the page starts; it may be deleted
  TaskColumn sort_key = TaskColumn::created_at;  ///< created_at and id break ties, in the same direction
  bool is_ascending = false;
  std::optional<std::string> owner;  ///< only this project's tasks
  /// Columns with the texts that they must equal. A text that is no time equals no time.
  std::vector<std::pair<TaskColumn, std::string>> filters;
};

}  // namespace vitrine::model
