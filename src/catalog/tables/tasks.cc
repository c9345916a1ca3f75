#include "catalog/tables/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "catalog/json_text.h"
#include "catalog/limits.h"

namespace vitrine::catalog::tasks {
namespace {

using model::TaskColumn;
using sql::Type;
using sql::Value;

constexpr std::string_view own_columns =
    "tasks.id, tasks.type, tasks.status, tasks.owner, tasks.image_id, tasks.request_id, tasks.user_id, "
    "tasks.expires_at, tasks.created_at, COALESCE(tasks.updated_at, tasks.created_at), tasks.deleted_at, "
    "tasks.deleted";
constexpr std::string_view info_columns = "task_info.input, task_info.result, task_info.message";
constexpr Type types[] = {Type::text, Type::text,    Type::text, Type::text, Type::text,
                          Type::text, Type::text,    Type::text, Type::text, Type::text,
                          Type::text, Type::integer, Type::text, Type::text, Type::text};
constexpr std::size_t own_column_count = 12;

std::optional<Timestamp> time_in(const sql::Rows& row, std::size_t column) {
  if (row.is_null(column)) return {};
  const auto time = parse_time(row.text(column));
  if (!time) throw Error(ErrorCode::internal, fmt::format("tasks holds the time '{}'.", row.text(column)));
  return time;
}

model::Task read(const sql::Rows& row) {
  const auto status = model::parse_task_status(row.text(2));
  if (!status) throw Error(ErrorCode::internal, fmt::format("tasks.status holds '{}'.", row.text(2)));
  model::Task task;
  task.id = row.text(0);
  task.type = row.text(1);
  task.status = *status;
  task.owner = row.text(3);
  task.image_id = row.optional_text(4);
  task.request_id = row.optional_text(5);
  task.user_id = row.optional_text(6);
  task.expires_at = time_in(row, 7);
  task.created_at = time_in(row, 8).value_or(Timestamp{});
  task.updated_at = time_in(row, 9).value_or(Timestamp{});
  task.deleted_at = time_in(row, 10);
  task.is_deleted = row.integer(11) != 0;
  return task;
}

/// A broken text does not hide its task.
std::optional<boost::json::object> object_in(const sql::Rows& row, std::size_t column) {
  const std::string& text = row.text(column);
  if (text.empty() || text == "null") return {};
  std::optional<boost::json::object> object = parse_json_object(text);
  if (!object) log::warning("task_info holds what is no JSON object for the task {}.", row.text(0));
  return object;
}

model::Task read_whole(const sql::Rows& row) {
  model::Task task = read(row);
  task.input = object_in(row, own_column_count);
  task.result = object_in(row, own_column_count + 1);
  task.message = row.text(own_column_count + 2);
  return task;
}

std::string select_whole(std::string_view rest) {
  return fmt::format("SELECT {}, {} FROM tasks LEFT JOIN task_info ON task_info.task_id = tasks.id {}",
                     own_columns, info_columns, rest);
}

std::optional<std::string> storable_json(std::string_view what,
                                         const std::optional<boost::json::object>& object) {
  if (!object) return {};
  std::string text = to_json_text(*object);
  require_storable_text(what, text);
  return text;
}

void require_storable_row(const model::Task& task) {
  require_storable("id of a task", task.id, 36);
  require_storable("type of a task", task.type, 30);
  require_storable("owner of a task", task.owner, 255);
  if (task.image_id) require_storable("image of a task", *task.image_id, 36);
  if (task.request_id) require_storable("request of a task", *task.request_id, 64);
  if (task.user_id) require_storable("user of a task", *task.user_id, 64);
  require_storable_text("message of a task", task.message);
}

std::optional<std::string> sql_time(const std::optional<Timestamp>& time) {
  if (!time) return {};
  return to_sql_time(*time);
}

/// A sort key as SQL: NULL sorts before every value on every engine, and as it compares with the marker.
std::string sort_expression(TaskColumn column) {
  switch (column) {
    case TaskColumn::expires_at:
    case TaskColumn::updated_at:
    case TaskColumn::deleted_at:
      return fmt::format("COALESCE({}, '0001-01-01 00:00:00')", to_string(column));
    case TaskColumn::image_id:
    case TaskColumn::request_id:
    case TaskColumn::user_id:
      return fmt::format("COALESCE({}, '')", to_string(column));
    default:
      return std::string(to_string(column));
  }
}

/// The key asked for before those that every order ends with. As in Glance the id alone orders nothing.
std::vector<std::string> sort_expressions(TaskColumn key) {
  std::vector<std::string> expressions;
  if (key != TaskColumn::created_at && key != TaskColumn::id) expressions.push_back(sort_expression(key));
  expressions.insert(expressions.end(), {"created_at", "id"});
  return expressions;
}

/// The marker's values of the sort expressions. A task that was deleted since still marks its place.
std::vector<std::string> read_marker(sql::Session& session, std::string_view marker,
                                     const std::vector<std::string>& expressions) {
  const std::vector<Type> columns(expressions.size(), Type::text);
  const std::string statement = fmt::format("SELECT {} FROM tasks WHERE id = :id", join(expressions, ", "));
  sql::Rows rows = session.query(statement, columns, {marker});
  if (!rows.next()) {
    throw Error(ErrorCode::invalid, fmt::format("There is no task {} to mark a page.", marker));
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < columns.size(); ++i) values.push_back(rows.text(i));
  return values;
}

/// What a page is read with: conditions, and the values for them in their order.
class Selection {
 public:
  explicit Selection(Timestamp now) : values_{to_sql_time(now)} {}

  void require_equal(TaskColumn column, std::string value) {
    condition_ += fmt::format(" AND {} = :value{}", to_string(column), values_.size());
    values_.push_back(std::move(value));
  }

  void require_beyond(const std::vector<std::string>& marker, const std::vector<std::string>& expressions,
                      bool is_ascending) {
    std::string places;
    for (const std::string& value : marker) {
      places += fmt::format("{}:value{}", places.empty() ? "" : ", ", values_.size());
      values_.push_back(value);
    }
    condition_ += fmt::format(" AND ({}) {} ({})", join(expressions, ", "), is_ascending ? '>' : '<', places);
  }

  const std::string& condition() const { return condition_; }
  std::vector<Value> values() const { return {values_.begin(), values_.end()}; }

 private:
  std::string condition_ = "deleted = FALSE AND (expires_at IS NULL OR expires_at > :now)";
  std::vector<std::string> values_;
};

/// As the database writes the value; nothing if no row can have it.
std::optional<std::string> comparable(TaskColumn column, const std::string& value) {
  if (!is_time(column)) return value;
  return sql_time(parse_time(value));
}

std::string page_statement(const Selection& selection, std::vector<std::string> order, bool is_ascending) {
  for (std::string& expression : order) expression += is_ascending ? " ASC" : " DESC";
  return fmt::format("SELECT {} FROM tasks WHERE {} ORDER BY {} LIMIT :limit", own_columns,
                     selection.condition(), join(order, ", "));
}

}  // namespace

std::optional<model::Task> find(sql::Session& session, std::string_view task_id) {
  static const std::string statement = select_whole("WHERE tasks.id = :id");
  sql::Rows rows = session.query(statement, types, {task_id});
  if (!rows.next()) return {};
  return read_whole(rows);
}

void lock(sql::Session& session, std::string_view task_id) {
  static constexpr Type number[] = {Type::integer};
  if (session.dialect().for_update.empty()) return;
  sql::Rows rows = session.query(
      fmt::format("SELECT 1 FROM tasks WHERE id = :id{}", session.dialect().for_update), number, {task_id});
  rows.next();
}

std::vector<model::Task> read_page(sql::Session& session, const model::TaskQuery& query, Timestamp now) {
  const std::vector<std::string> order = sort_expressions(query.sort_key);
  Selection selection(now);
  if (query.owner) selection.require_equal(TaskColumn::owner, *query.owner);
  if (query.marker) {
    selection.require_beyond(read_marker(session, *query.marker, order), order, query.is_ascending);
  }
  for (const auto& [column, text] : query.filters) {
    std::optional<std::string> value = comparable(column, text);
    if (!value) return {};
    selection.require_equal(column, *std::move(value));
  }
  std::vector<Value> values = selection.values();
  values.emplace_back(std::min<std::uint64_t>(query.limit, std::numeric_limits<std::int64_t>::max()));
  std::vector<model::Task> page;
  sql::Rows rows = session.query(page_statement(selection, order, query.is_ascending),
                                 std::span(types).first(own_column_count), values);
  while (rows.next()) page.push_back(read(rows));
  return page;
}

std::vector<model::Task> of_image(sql::Session& session, std::string_view image_id, Timestamp now) {
  static const std::string statement = select_whole(
      "WHERE tasks.image_id = :image_id AND (tasks.expires_at IS NULL OR tasks.expires_at > :now) "
      "ORDER BY tasks.created_at, tasks.id");
  const std::string time = to_sql_time(now);
  std::vector<model::Task> all;
  sql::Rows rows = session.query(statement, types, {image_id, time});
  while (rows.next()) all.push_back(read_whole(rows));
  return all;
}

void insert(sql::Session& session, const model::Task& task, Timestamp now) {
  const std::optional<std::string> input = storable_json("input of a task", task.input);
  const std::optional<std::string> result = storable_json("result of a task", task.result);
  require_storable_row(task);
  if (find(session, task.id)) {
    throw Error(ErrorCode::duplicate, fmt::format("A task with the id {} exists already.", task.id));
  }
  const std::string time = to_sql_time(now);
  const std::optional<std::string> expiry = sql_time(task.expires_at);
  session.execute(
      "INSERT INTO tasks (id, type, status, owner, image_id, request_id, user_id, expires_at, created_at, "
      "updated_at, deleted) VALUES (:id, :type, :status, :owner, :image_id, :request_id, :user_id, "
      ":expires_at, :created_at, :updated_at, FALSE)",
      {task.id, task.type, to_string(task.status), task.owner, task.image_id, task.request_id, task.user_id,
       expiry, time, time});
  session.execute(
      "INSERT INTO task_info (task_id, input, result, message) VALUES (:id, :input, :result, :message)",
      {task.id, input, result, task.message});
}

void update(sql::Session& session, const model::Task& before, const model::Task& after, Timestamp now) {
  const std::optional<std::string> result = storable_json("result of a task", after.result);
  require_storable_text("message of a task", after.message);
  const std::string time = to_sql_time(now);
  const std::optional<std::string> expiry = sql_time(after.expires_at);
  const auto changed = session.execute(
      "UPDATE tasks SET status = :status, expires_at = :expires_at, updated_at = :now "
      "WHERE id = :id AND status = :old_status AND NOT deleted",
      {to_string(after.status), expiry, time, before.id, to_string(before.status)});
  if (changed == 0) {
    throw Error(ErrorCode::conflict,
                fmt::format("The status of task {} is no longer {}.", before.id, to_string(before.status)));
  }
  session.execute("UPDATE task_info SET result = :result, message = :message WHERE task_id = :id",
                  {result, after.message, before.id});
}

bool has_expired(sql::Session& session, Timestamp now) {
  static constexpr Type number[] = {Type::integer};
  const std::string time = to_sql_time(now);
  sql::Rows rows = session.query("SELECT 1 FROM tasks WHERE deleted = FALSE AND expires_at <= :now LIMIT 1",
                                 number, {time});
  return rows.next();
}

void soft_delete_expired(sql::Session& session, Timestamp now) {
  const std::string time = to_sql_time(now);
  session.execute(
      "UPDATE tasks SET deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE deleted = FALSE AND expires_at <= :limit",
      {time, time, time});
}

}  // namespace vitrine::catalog::tasks
