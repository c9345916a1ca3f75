#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "catalog/sql/engine.h"
#include "catalog/sql/partial_indexes.h"

namespace vitrine::catalog::sql {
namespace {

constexpr std::string_view begin_read[] = {"BEGIN"};
/// Holds the write lock from its first statement on: a transaction that took it only at its first change
/// could find that another writer was there since it began to read.
constexpr std::string_view begin_write[] = {"BEGIN IMMEDIATE"};

/// It uses those on images where a statement says `NOT deleted AND NOT os_hidden` in just these words. Flags
/// behind the id let it answer from the index alone whether a filter is narrow.
constexpr auto own_indexes = partial_image_indexes_and(
    {"CREATE INDEX IF NOT EXISTS vitrine_images_status ON images "
     "(status, created_at, id, deleted, os_hidden) WHERE NOT deleted AND NOT os_hidden",
     "CREATE INDEX IF NOT EXISTS vitrine_image_properties_name_value ON image_properties "
     "(name, value, image_id, deleted) WHERE NOT deleted",
     "CREATE INDEX IF NOT EXISTS vitrine_image_tags_value ON image_tags "
     "(value, image_id, deleted) WHERE NOT deleted",
     "CREATE INDEX IF NOT EXISTS vitrine_image_members_member ON image_members "
     "(member, status, image_id, deleted) WHERE NOT deleted"});

constexpr Dialect dialect_of_sqlite{
    .name = "SQLite",
    .begin_read = begin_read,
    .begin_write = begin_write,
    .list_tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    .for_update = "",
    .exactly = "",
    .wide_begin = "",
    .wide_end = "",
    .lock_name = "",
    .unlock_names = "",
    .go_on_numbering = "",
    .list_indexes = "",
    .one_by_one = "",
    .has_one_writer = true,
    .keeps_fractions = true,
    .has_simple_indexes = false,
    .indexes_beginnings = false,
    .guesses_expressions = false,
    .holds_nul = true,
    .sorts_parts = false,
    .has_transactional_schema = true,
    .waits_without_end = false,
    .schema = {.id = "INTEGER NOT NULL",
               .big_id = "INTEGER NOT NULL",
               .big = "INTEGER",
               .time = "DATETIME",
               .no = "0",
               .visibility = "VARCHAR(9)",
               .checks_flags = true,
               .images_checks = "",
               .table_options = "",
               .first = {},
               .own_indexes = own_indexes},
};

sqlite_api::sqlite3* handle(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

/// SQLite's primary result code; the extended ones carry it in their lowest byte.
int primary_code(const soci::soci_error& error) {
  const auto* from_sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return from_sqlite ? from_sqlite->result() & 0xFF : SQLITE_ERROR;
}

bool is_locked(int code) {
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL;
}

Error locked() {
  return Error(ErrorCode::unavailable, "The database is locked by another program. Try again later.");
}

void connect(soci::session& session, const Settings& settings) {
  session.open(soci::sqlite3, fmt::format("dbname=\"{}\"", settings.file.string()));
  session << fmt::format("PRAGMA busy_timeout = {}", settings.busy_timeout.count());
  session << "PRAGMA foreign_keys = ON";
  session << fmt::format("PRAGMA synchronous = {}", settings.is_synchronous ? "FULL" : "OFF");
  session << fmt::format("PRAGMA cache_size = -{}", settings.cache_size);
  std::string mode;
  session << "PRAGMA journal_mode = WAL", soci::into(mode);
  if (mode != "wal") {
    log::warning(
        "The file system of {} allows no write-ahead log; readers and writers will wait for each other.",
        settings.file.string());
  }
}

/// Whether it is connected; false if the file is locked. Two who switch a new file to its log at the same
/// time are told so at once: SQLite waits for locks, but not for this one.
bool try_to_connect(soci::session& session, const Settings& settings) {
  try {
    connect(session, settings);
    return true;
  } catch (const soci::soci_error& error) {
    session.close();
    if (is_locked(primary_code(error))) return false;
    throw Error(
        ErrorCode::configuration,
        fmt::format("Cannot open the SQLite database {}: {}. Check that its directory exists and that this "
                    "user may write there.",
                    settings.file.string(), error.get_error_message()));
  }
}

class Sqlite : public Engine {
 public:
  const Dialect& dialect() const override { return dialect_of_sqlite; }

  /// Creates the file if there is none, with foreign keys enforced and a write-ahead log.
  void open(soci::session& session, const Settings& settings, Watchdog*) const override {
    constexpr std::chrono::milliseconds pause{10};
    const Deadline deadline = deadline_in(settings.busy_timeout);
    while (!try_to_connect(session, settings)) {
      if (std::chrono::steady_clock::now() + pause >= deadline) throw locked();
      std::this_thread::sleep_for(pause);
    }
  }

  Failure failure_of(soci::session& session, const soci::soci_error& error,
                     std::string_view statement) const override {
    const int code = primary_code(error);
    const int extended = sqlite_api::sqlite3_extended_errcode(handle(session));
    if (is_locked(code)) return {locked()};
    if (code == SQLITE_FULL) {
      return {database_error(ErrorCode::unavailable, "has no room on its disk")};
    }
    if (code == SQLITE_CANTOPEN) {
      return {Error(ErrorCode::unavailable, "The database file cannot be opened. Try again later.")};
    }
    // get_error_message() and not what(): the latter lists the statement's values.
    const std::string detail =
        fmt::format("{} (SQLite {}) in: {}", error.get_error_message(), extended, statement);
    const bool is_duplicate =
        extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY;
    if (extended == SQLITE_CONSTRAINT_FOREIGNKEY) return {Error(ErrorCode::conflict, detail)};
    return {Error(is_duplicate ? ErrorCode::duplicate : ErrorCode::internal, detail)};
  }

  bool is_in_transaction(soci::session& session) const override {
    return sqlite_api::sqlite3_get_autocommit(handle(session)) == 0;
  }

  int watched_socket(soci::session&) const override { return -1; }
};

}  // namespace

const Engine& sqlite_engine() {
  static const Sqlite engine;
  return engine;
}

}  // namespace vitrine::catalog::sql
