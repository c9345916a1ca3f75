#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/error.h"
#include "catalog/migrations/revisions.h"
#include "catalog/schema.h"
#include "catalog/sql/database.h"

namespace vitrine::catalog {
namespace {

/// Rows that one transaction removes, so that it neither grows large nor keeps others waiting.
constexpr std::int64_t batch = 1000;

/// The ids of a table's rows to go. In two layers, as MariaDB neither limits a subquery nor reads the table
/// that it deletes from. Glance goes by the time alone, and so loses live rows that keep one.
std::string doomed(std::string_view table) {
  return fmt::format(
      "(SELECT id FROM (SELECT id FROM {} WHERE deleted = TRUE AND deleted_at < :before "
      "ORDER BY deleted_at, id LIMIT :rows) AS doomed)",
      table);
}

std::int64_t remove_rows(sql::Session& session, std::string_view table, std::string_view before,
                         std::int64_t rows) {
  return session.execute(fmt::format("DELETE FROM {} WHERE id IN {}", table, doomed(table)), {before, rows});
}

/// A task goes with what is known of it.
std::int64_t remove_tasks(sql::Session& session, std::string_view before, std::int64_t rows) {
  session.execute(fmt::format("DELETE FROM task_info WHERE task_id IN {}", doomed("tasks")), {before, rows});
  return remove_rows(session, "tasks", before, rows);
}

/// `remove(session, before, rows)` again and again until nothing is left, or enough is done.
template <class Remove>
std::int64_t in_batches(sql::Database& database, const Purge& purge, Remove remove) {
  const std::string before = to_sql_time(purge.before);
  const std::int64_t most = purge.most_rows < 0 ? std::numeric_limits<std::int64_t>::max() : purge.most_rows;
  std::int64_t removed = 0;
  while (removed < most) {
    const std::int64_t rows = std::min(batch, most - removed);
    const std::int64_t gone =
        database.write([&](sql::Session& session) { return remove(session, before, rows); });
    removed += gone;
    if (gone < rows) break;
  }
  return removed;
}

std::pair<std::string, std::int64_t> purge_table(sql::Database& database, const Purge& purge,
                                                 std::string_view table) {
  return {std::string(table),
          in_batches(database, purge, [&](sql::Session& session, std::string_view before, std::int64_t rows) {
            return remove_rows(session, table, before, rows);
          })};
}

}  // namespace

Purged purge_deleted(const CatalogSettings& settings, const Purge& purge) {
  require_served(schema_revisions(settings));
  sql::Database database(sql::read_settings(settings));
  Purged purged;
  for (const char* table : {"image_properties", "image_tags", "image_locations", "image_members"}) {
    purged.push_back(purge_table(database, purge, table));
  }
  purged.emplace_back("tasks", in_batches(database, purge, remove_tasks));
  return purged;
}

Purged purge_deleted_images(const CatalogSettings& settings, const Purge& purge) {
  require_served(schema_revisions(settings));
  sql::Database database(sql::read_settings(settings));
  return {purge_table(database, purge, "images")};
}

}  // namespace vitrine::catalog
