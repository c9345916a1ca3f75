#include "catalog/migrations/sync.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/error.h"
#include "catalog/migrations/migration.h"
#include "catalog/migrations/revisions.h"
#include "catalog/schema.h"
#include "catalog/sql/settings.h"

namespace vitrine::catalog {
namespace {

void run(sql::Session& session, Migration migration) {
  for (const std::string_view statement : migration) {
    session.execute(statement_for(session.dialect().schema, statement));
  }
}

void add_own_indexes(sql::Session& session) {
  for (const std::string_view statement : session.dialect().schema.own_indexes) {
    try {
      session.execute(statement);
    } catch (const Error& error) {
      // MySQL cannot be asked for what may be there.
      if (error.code() != ErrorCode::duplicate) throw;
    }
  }
}

using Revisions = std::vector<std::string>;

bool has(const Revisions& revisions, std::string_view revision) {
  return std::find(revisions.begin(), revisions.end(), revision) != revisions.end();
}

void add_revision(sql::Session& session, const Revisions& revisions, std::string_view revision) {
  if (has(revisions, revision)) return;
  session.execute("INSERT INTO alembic_version (version_num) VALUES (:revision)", {revision});
}

/// The new row comes first: where the schema has no transactions, a crash must not leave none.
void stamp_head(sql::Session& session, const Revisions& revisions) {
  add_revision(session, revisions, newest_revision);
  session.execute("DELETE FROM alembic_version WHERE version_num <> :revision", {newest_revision});
}

void stamp_expanded(sql::Session& session, const Revisions& revisions) {
  add_revision(session, revisions, newest_expanded_revision);
  session.execute(
      "DELETE FROM alembic_version WHERE version_num LIKE '%expand%' AND version_num <> :revision",
      {newest_expanded_revision});
}

void require_empty(sql::Session& session) {
  if (session.table_names().empty()) return;
  throw Error(
      ErrorCode::configuration,
      "The database holds tables but no revision of Glance's schema, so it is left alone. Name another "
      "database in [database] connection.");
}

void create(sql::Session& session) {
  require_empty(session);
  for (const std::string_view statement : session.dialect().schema.first) session.execute(statement);
  run(session, wallaby_tables);
  run(session, cache_tables);
}

/// The whole schema for an empty database, what is new for an older one.
void create_what_is_missing(sql::Session& session, const Revisions& revisions) {
  if (revisions.empty()) {
    create(session);
  } else {
    run(session, cache_tables);
  }
}

bool is_at_head(const Revisions& revisions) {
  return has(revisions, newest_revision) && revisions.size() == 1;
}

bool is_expanded(const Revisions& revisions) {
  return has(revisions, newest_expanded_revision) || has(revisions, newest_revision);
}

bool expand(sql::Session& session) {
  const Revisions revisions = read_revisions(session);
  require_known(revisions);
  if (is_expanded(revisions)) return false;
  create_what_is_missing(session, revisions);
  stamp_expanded(session, revisions);
  return true;
}

bool contract(sql::Session& session) {
  const Revisions revisions = read_revisions(session);
  require_known(revisions);
  if (is_at_head(revisions)) return false;
  if (!is_expanded(revisions)) {
    throw Error(ErrorCode::conflict, "The schema is not expanded yet. Run 'vitrine db expand' first.");
  }
  stamp_head(session, revisions);
  return true;
}

/// Opening a file that is not there would create it.
bool is_missing(const sql::Settings& settings) {
  return !settings.file.empty() && !std::filesystem::exists(settings.file);
}

/// As change_schema(), and returns what the change returned.
template <class Change>
auto result_of(const CatalogSettings& settings, Change change) {
  decltype(change(std::declval<sql::Session&>())) result{};
  change_schema(settings, [&](sql::Session& session) { result = change(session); });
  return result;
}

}  // namespace

sql::Settings patient(sql::Settings settings) {
  settings.answer_timeout = std::chrono::seconds(0);
  return settings;
}

void change_schema(const CatalogSettings& settings, const std::function<void(sql::Session&)>& change) {
  const auto session = sql::connect_at_start(patient(sql::read_settings(settings)));
  sql::Transaction transaction(*session, sql::Access::write);
  session->lock("schema");
  change(*session);
  add_own_indexes(*session);
  transaction.commit();
}

SyncResult bring_to_head(sql::Session& session) {
  const Revisions revisions = read_revisions(session);
  require_known(revisions);
  if (is_at_head(revisions)) return SyncResult::up_to_date;
  create_what_is_missing(session, revisions);
  stamp_head(session, revisions);
  return revisions.empty() ? SyncResult::created : SyncResult::upgraded;
}

SyncResult sync_schema(const CatalogSettings& settings) {
  return result_of(settings, bring_to_head);
}

bool expand_schema(const CatalogSettings& settings) {
  return result_of(settings, expand);
}

bool contract_schema(const CatalogSettings& settings) {
  return result_of(settings, contract);
}

NextStep next_step(const CatalogSettings& settings) {
  const Revisions revisions = schema_revisions(settings);
  require_known(revisions);
  if (has(revisions, newest_revision)) return NextStep::none;
  return is_expanded(revisions) ? NextStep::contract : NextStep::expand;
}

std::vector<std::string> schema_revisions(const CatalogSettings& settings) {
  const sql::Settings database = sql::read_settings(settings);
  if (is_missing(database)) return {};
  return read_revisions(*sql::connect_at_start(database));
}

}  // namespace vitrine::catalog
