#include "catalog/copying/target.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/ids.h"
#include "catalog/migrations/revisions.h"
#include "catalog/migrations/sync.h"

namespace vitrine::catalog::copying {
namespace {

bool has_rows(sql::Session& session, const Table& table) {
  static constexpr sql::Type types[] = {sql::Type::integer};
  sql::Rows rows = session.query(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name), types);
  return rows.next();
}

void require_no_rows(sql::Session& session) {
  for (const Table& table : copied_tables()) {
    if (!has_rows(session, table)) continue;
    throw Error(
        ErrorCode::conflict,
        fmt::format("The target's table {} holds rows, so nothing was copied. Name a database that is "
                    "empty.",
                    table.name));
  }
}

/// What a row of the source says of the target, not of the connection to it.
bool is_about_values(ErrorCode code) {
  return code == ErrorCode::duplicate || code == ErrorCode::invalid || code == ErrorCode::conflict ||
         code == ErrorCode::internal;
}

sql::Settings strict(const CatalogSettings& settings) {
  sql::Settings strict = patient(sql::read_settings(settings));
  strict.sql_mode = "TRADITIONAL";  // a text that is too long must not be cut
  return strict;
}

}  // namespace

Target::Target(const CatalogSettings& settings)
    : mark_(std::string(unfinished_copy) + new_uuid().substr(0, 8)), database_(strict(settings)) {
  claim(settings);
  remove_rows();
}

void Target::claim(const CatalogSettings& settings) const {
  change_schema(settings, [this](sql::Session& session) {
    if (!is_unfinished_copy(read_revisions(session))) {
      bring_to_head(session);
      require_no_rows(session);
    }
    // The new row comes first: a schema without transactions must not be left without a revision.
    session.execute("INSERT INTO alembic_version (version_num) VALUES (:revision)", {mark_});
    session.execute("DELETE FROM alembic_version WHERE version_num <> :revision", {mark_});
  });
}

void Target::require_own(sql::Session& session) const {
  static constexpr sql::Type types[] = {sql::Type::text};
  sql::Rows rows =
      session.query(fmt::format("SELECT version_num FROM alembic_version WHERE version_num = :revision{}",
                                session.dialect().for_update),
                    types, {mark_});
  if (rows.next()) return;
  throw Error(ErrorCode::conflict, "Another copy into the same database has begun, so this one ends.");
}

void Target::write(const Table& table, std::span<const Row> rows) {
  const auto add = [&](std::span<const Row> some) {
    database_.write([&](sql::Session& session) {
      require_own(session);
      insert_rows(session, table, some);
      return true;
    });
  };
  try {
    add(rows);
    return;
  } catch (const Error& error) {
    if (!is_about_values(error.code())) throw;
  }
  // Which one was it?
  for (std::size_t i = 0; i < rows.size(); ++i) {
    try {
      add(rows.subspan(i, 1));
    } catch (const Error& error) {
      throw is_about_values(error.code()) ? explained(table, rows[i], error) : error;
    }
  }
}

Error Target::explained(const Table& table, const Row& row, const Error& error) const {
  const std::string reason =
      error.code() == ErrorCode::duplicate
          ? "another row is the same to it, as it may ignore case, blanks at the end and fractions of seconds"
          : error.what();
  return Error(ErrorCode::conflict,
               fmt::format("{} cannot hold the row with {} of the table {}: {}. Correct it in the source.",
                           dialect().name, key_text(table, row), table.name, reason));
}

Tally Target::tally(const Table& table) {
  return database_.read([&](sql::Session& session) { return tally_of(session, table, dialect()); });
}

void Target::remove_rows() {
  const auto tables = copied_tables();
  std::for_each(tables.rbegin(), tables.rend(), [this](const Table& table) {
    database_.write([&](sql::Session& session) {
      require_own(session);
      return session.execute(fmt::format("DELETE FROM {}", table.name));
    });
  });
}

void Target::stamp(sql::Session& session) const {
  require_own(session);
  session.execute("UPDATE alembic_version SET version_num = :revision WHERE version_num = :mark",
                  {newest_revision, mark_});
}

void Target::complete() {
  database_.write([this](sql::Session& session) {
    static constexpr sql::Type types[] = {sql::Type::integer};
    for (const Table& table : copied_tables()) {
      if (!table.numbers_rows || dialect().go_on_numbering.empty()) continue;
      const std::string_view id = table.columns.front().name;
      sql::Rows rows = session.query(fmt::format(fmt::runtime(dialect().go_on_numbering),
                                                 fmt::arg("table", table.name), fmt::arg("id", id)),
                                     types);
    }
    stamp(session);
    return true;
  });
}

void Target::give_up() {
  remove_rows();
  database_.write([this](sql::Session& session) {
    stamp(session);
    return true;
  });
}

}  // namespace vitrine::catalog::copying
