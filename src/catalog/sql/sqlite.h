#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/sql/settings.h"

namespace soci {
class session;
class soci_error;
}  // namespace soci

/// What SQLite does in a way of its own.
namespace vitrine::catalog::sql::sqlite {

/// Starts a transaction that holds the write lock from its first statement on: one that took it only at its
/// first change could find that another writer was there since it began to read.
inline constexpr std::string_view begin_write = "BEGIN IMMEDIATE";

/// Opens the file, and creates it if there is none, with foreign keys enforced and a write-ahead log. Throws
/// Error{configuration} if it cannot be opened, Error{unavailable} if it stays locked.
void open(soci::session& session, const Settings& settings);

/// What a failed statement means. Says nothing of the statement's values: they may hold secrets.
Error error_of(soci::session& session, const soci::soci_error& error, std::string_view statement);

bool is_in_transaction(soci::session& session);

/// The statement that lists the database's tables.
inline constexpr std::string_view list_tables =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";

}  // namespace vitrine::catalog::sql::sqlite
