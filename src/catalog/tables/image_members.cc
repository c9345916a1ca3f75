#include "catalog/tables/image_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "catalog/limits.h"

namespace vitrine::catalog::image_members {
namespace {

using sql::Type;

Timestamp required_time(const sql::Rows& row, std::size_t column) {
  const auto time = parse_time(row.text(column));
  if (!time) {
    throw Error(ErrorCode::internal, fmt::format("image_members holds the time '{}'.", row.text(column)));
  }
  return *time;
}

model::Member read(const sql::Rows& row) {
  const auto status = model::parse_member_status(row.text(2));
  if (!status) {
    throw Error(ErrorCode::internal, fmt::format("image_members.status holds '{}'.", row.text(2)));
  }
  return {.image_id = row.text(0),
          .project_id = row.text(1),
          .status = *status,
          .created_at = required_time(row, 3),
          .updated_at = required_time(row, 4)};
}

constexpr std::string_view select =
    "SELECT image_id, member, status, created_at, COALESCE(updated_at, created_at) FROM image_members "
    "WHERE image_id = :image_id AND NOT deleted";
constexpr Type columns[] = {Type::text, Type::text, Type::text, Type::text, Type::text};

/// The latest row of a member that was removed.
std::optional<std::int64_t> find_removed(sql::Session& session, std::string_view image_id,
                                         std::string_view project_id) {
  static constexpr Type types[] = {Type::integer};
  sql::Rows rows = session.query(
      "SELECT max(id) FROM image_members WHERE image_id = :image_id AND member = :member AND deleted", types,
      {image_id, project_id});
  return rows.next() ? rows.optional_integer(0) : std::nullopt;
}

struct LiveRow {
  std::int64_t id;
  std::string project_id;
};

std::vector<LiveRow> live_rows(sql::Session& session, std::string_view image_id) {
  static constexpr Type types[] = {Type::integer, Type::text};
  std::vector<LiveRow> live;
  sql::Rows rows = session.query(
      "SELECT id, member FROM image_members WHERE image_id = :image_id AND NOT deleted ORDER BY id", types,
      {image_id});
  while (rows.next()) live.push_back({rows.integer(0), rows.text(1)});
  return live;
}

/// Two Python services that share an image at the same time leave two rows of one member, and the schema does
/// not allow both the same time of deletion, which MySQL keeps in whole seconds.
void soft_delete_rows(sql::Session& session, const std::vector<LiveRow>& rows, Timestamp now) {
  std::map<std::string_view, std::chrono::seconds> later;
  for (const LiveRow& row : rows) {
    const std::string time = to_sql_time(now + later[row.project_id]++);
    session.execute(
        "UPDATE image_members SET deleted = TRUE, deleted_at = :now, updated_at = :again WHERE id = :id",
        {time, time, row.id});
  }
}

}  // namespace

std::vector<model::Member> list(sql::Session& session, std::string_view image_id) {
  static const std::string statement = fmt::format("{} ORDER BY id", select);
  std::vector<model::Member> members;
  sql::Rows rows = session.query(statement, columns, {image_id});
  while (rows.next()) {
    model::Member member = read(rows);
    const bool is_there = std::any_of(members.begin(), members.end(), [&](const model::Member& other) {
      return other.project_id == member.project_id;
    });
    if (!is_there) members.push_back(std::move(member));
  }
  return members;
}

std::optional<model::Member> find(sql::Session& session, std::string_view image_id,
                                  std::string_view project_id) {
  static const std::string statement = fmt::format("{} AND member = :member ORDER BY id", select);
  sql::Rows rows = session.query(statement, columns, {image_id, project_id});
  if (!rows.next()) return {};
  return read(rows);
}

void add(sql::Session& session, std::string_view image_id, std::string_view project_id, Timestamp now) {
  require_storable("member", project_id, 255);
  const std::string time = to_sql_time(now);
  if (const auto row = find_removed(session, image_id, project_id)) {
    // Glance's purge looks at deleted_at alone, so a row that lives again must have none.
    session.execute(
        "UPDATE image_members SET deleted = FALSE, deleted_at = NULL, status = 'pending', updated_at = :now "
        "WHERE id = :id",
        {time, *row});
    return;
  }
  session.execute(
      "INSERT INTO image_members (image_id, member, can_share, status, created_at, updated_at, deleted) "
      "VALUES (:image_id, :member, FALSE, 'pending', :created_at, :updated_at, FALSE)",
      {image_id, project_id, time, time});
}

bool set_status(sql::Session& session, std::string_view image_id, std::string_view project_id,
                model::MemberStatus status, Timestamp now) {
  const std::string time = to_sql_time(now);
  return session.execute(
             "UPDATE image_members SET status = :status, updated_at = :now "
             "WHERE image_id = :image_id AND member = :member AND NOT deleted",
             {to_string(status), time, image_id, project_id}) > 0;
}

bool soft_delete(sql::Session& session, std::string_view image_id, std::string_view project_id,
                 Timestamp now) {
  std::vector<LiveRow> rows = live_rows(session, image_id);
  std::erase_if(rows, [&](const LiveRow& row) { return row.project_id != project_id; });
  soft_delete_rows(session, rows, now);
  return !rows.empty();
}

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now) {
  soft_delete_rows(session, live_rows(session, image_id), now);
}

}  // namespace vitrine::catalog::image_members
