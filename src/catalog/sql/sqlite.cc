#include "catalog/sql/sqlite.h"

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <thread>

#include "base/clock.h"
#include "base/log.h"

namespace vitrine::catalog::sql::sqlite {
namespace {

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

}  // namespace

void open(soci::session& session, const Settings& settings) {
  constexpr std::chrono::milliseconds pause{10};
  const Deadline deadline = deadline_in(settings.busy_timeout);
  while (!try_to_connect(session, settings)) {
    if (std::chrono::steady_clock::now() + pause >= deadline) throw locked();
    std::this_thread::sleep_for(pause);
  }
}

Error error_of(soci::session& session, const soci::soci_error& error, std::string_view statement) {
  const int code = primary_code(error);
  const int extended = sqlite_api::sqlite3_extended_errcode(handle(session));
  if (is_locked(code)) return locked();
  if (code == SQLITE_FULL) {
    return Error(ErrorCode::storage_full, "The disk that holds the database is full.");
  }
  if (code == SQLITE_CANTOPEN) {
    return Error(ErrorCode::unavailable, "The database file cannot be opened. Try again later.");
  }
  // get_error_message() and not what(): the latter lists the statement's values.
  const std::string detail =
      fmt::format("{} (SQLite {}) in: {}", error.get_error_message(), extended, statement);
  const bool is_duplicate = extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY;
  return Error(is_duplicate ? ErrorCode::duplicate : ErrorCode::internal, detail);
}

bool is_in_transaction(soci::session& session) {
  return sqlite_api::sqlite3_get_autocommit(handle(session)) == 0;
}

}  // namespace vitrine::catalog::sql::sqlite
