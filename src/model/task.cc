#include "model/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace vitrine::model {
namespace {

constexpr std::array<std::pair<TaskStatus, std::string_view>, 4> status_names{{
    {TaskStatus::pending, "pending"},
    {TaskStatus::processing, "processing"},
    {TaskStatus::success, "success"},
    {TaskStatus::failure, "failure"},
}};

constexpr std::array<std::pair<TaskStatus, TaskStatus>, 4> transitions{{
    {TaskStatus::pending, TaskStatus::processing},
    {TaskStatus::pending, TaskStatus::failure},
    {TaskStatus::processing, TaskStatus::success},
    {TaskStatus::processing, TaskStatus::failure},
}};

constexpr std::array<std::pair<TaskColumn, std::string_view>, 11> column_names{{
    {TaskColumn::id, "id"},
    {TaskColumn::type, "type"},
    {TaskColumn::status, "status"},
    {TaskColumn::owner, "owner"},
    {TaskColumn::image_id, "image_id"},
    {TaskColumn::request_id, "request_id"},
    {TaskColumn::user_id, "user_id"},
    {TaskColumn::expires_at, "expires_at"},
    {TaskColumn::created_at, "created_at"},
    {TaskColumn::updated_at, "updated_at"},
    {TaskColumn::deleted_at, "deleted_at"},
}};

template <class Names, class Key>
std::string_view name_in(const Names& names, Key key) {
  return std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == key; })
      ->second;
}

template <class Names>
auto key_in(const Names& names, std::string_view text) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.second == text; });
  return found == names.end() ? std::nullopt : std::optional(found->first);
}

bool is_final(TaskStatus status) {
  return status == TaskStatus::success || status == TaskStatus::failure;
}

}  // namespace

std::string_view to_string(TaskStatus status) {
  return name_in(status_names, status);
}

std::optional<TaskStatus> parse_task_status(std::string_view text) {
  return key_in(status_names, text);
}

void change_status(Task& task, TaskStatus to, Timestamp now, std::chrono::hours time_to_live) {
  if (std::find(transitions.begin(), transitions.end(), std::pair(task.status, to)) == transitions.end()) {
    throw Error(ErrorCode::conflict, fmt::format("The task's status is {}; it cannot become {}.",
                                                 to_string(task.status), to_string(to)));
  }
  task.status = to;
  if (is_final(to)) task.expires_at = now + time_to_live;
}

bool may_see(const Caller& caller, const Task& task) {
  return caller.is_admin || (!task.is_deleted && caller.project_id == task.owner);
}

std::string_view to_string(TaskColumn column) {
  return name_in(column_names, column);
}

std::optional<TaskColumn> parse_task_column(std::string_view text) {
  return key_in(column_names, text);
}

bool is_time(TaskColumn column) {
  return to_string(column).ends_with("_at");
}

}  // namespace vitrine::model
