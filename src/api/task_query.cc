#include "api/task_query.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/paging.h"
#include "api/refusal.h"
#include "base/error.h"
#include "base/ids.h"

namespace vitrine::api {
namespace {

using model::TaskColumn;

TaskColumn sort_key_named(std::string_view name) {
  // All tasks that are listed have the same value in this one.
  if (name == "deleted") return TaskColumn::created_at;
  const auto column = model::parse_task_column(name);
  if (!column) refuse(fmt::format("Tasks cannot be sorted by '{}'.", name));
  return *column;
}

bool is_ascending(std::string_view direction) {
  if (direction == "asc") return true;
  if (direction == "desc") return false;
  refuse(fmt::format("Sort direction '{}' is neither asc nor desc.", direction));
}

std::string parse_marker(std::string_view text) {
  if (!is_uuid(text)) refuse(fmt::format("Marker '{}' is not the id of a task.", text));
  return std::string(text);
}

/// An empty value finds nothing, but is none of the wrong ones.
void require_known(TaskColumn column, std::string_view value) {
  if (value.empty()) return;
  if (column == TaskColumn::status && !model::parse_task_status(value)) {
    refuse(fmt::format("Status '{}' is none of pending, processing, success and failure.", value));
  }
  // Glance lets clients look for the oldest type of tasks only.
  if (column == TaskColumn::type && value != "import") {
    refuse(fmt::format("Type '{}' is not import, the only one that can be looked for.", value));
  }
}

/// The last value of each column counts.
std::vector<std::pair<TaskColumn, std::string>> read_filters(const Parameters& parameters) {
  std::map<TaskColumn, std::string> filters;
  for (const auto& [name, value] : parameters) {
    if (const auto column = model::parse_task_column(name)) filters[*column] = value;
  }
  for (const auto& [column, value] : filters) require_known(column, value);
  return {filters.begin(), filters.end()};
}

}  // namespace

model::TaskQuery parse_task_query(const Parameters& parameters, const ApiSettings& settings) {
  model::TaskQuery query;
  query.limit = page_limit(parameters, settings);
  if (const auto marker = last_value(parameters, "marker")) query.marker = parse_marker(*marker);
  if (const auto key = last_value(parameters, "sort_key")) query.sort_key = sort_key_named(*key);
  if (const auto direction = last_value(parameters, "sort_dir"))
    query.is_ascending = is_ascending(*direction);
  query.filters = read_filters(parameters);
  return query;
}

}  // namespace vitrine::api
