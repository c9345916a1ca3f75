#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/migrations/migration.h"
#include "catalog/migrations/revisions.h"
#include "catalog/sql/session.h"
#include "catalog/sql/settings.h"

namespace vitrine::catalog {
namespace {

void run(sql::Session& session, Migration migration) {
  for (const std::string_view statement : migration) session.execute(statement);
}

void stamp(sql::Session& session) {
  session.execute("DELETE FROM alembic_version");
  session.execute("INSERT INTO alembic_version (version_num) VALUES (:revision)", {head_revision});
}

void require_empty(sql::Session& session) {
  if (session.table_names().empty()) return;
  throw Error(
      ErrorCode::configuration,
      "The database holds tables but no revision of Glance's schema, so it is left alone. Name another "
      "database in [database] connection.");
}

SyncResult bring_to_head(sql::Session& session, const std::vector<std::string>& revisions) {
  if (revisions.empty()) {
    require_empty(session);
    run(session, wallaby_tables);
    run(session, cache_tables);
    stamp(session);
    return SyncResult::created;
  }
  require_served(revisions);
  if (revisions.size() == 1 && revisions.front() == head_revision) return SyncResult::up_to_date;
  run(session, cache_tables);
  stamp(session);
  return SyncResult::upgraded;
}

}  // namespace

SyncResult sync_schema(const CatalogSettings& settings) {
  sql::Session session(sql::read_settings(settings));
  sql::Transaction transaction(session, sql::Access::write);
  const SyncResult result = bring_to_head(session, read_revisions(session));
  run(session, own_indexes);
  transaction.commit();
  return result;
}

std::vector<std::string> schema_revisions(const CatalogSettings& settings) {
  const sql::Settings database = sql::read_settings(settings);
  // Opening a file that is not there would create it.
  if (!std::filesystem::exists(database.file)) return {};
  sql::Session session(database);
  return read_revisions(session);
}

}  // namespace vitrine::catalog
