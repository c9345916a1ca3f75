#pragma once

#include <string>

#include "catalog/copying/rows.h"
#include "catalog/sql/database.h"

namespace vitrine::catalog::copying {

/// A database that a copy goes into. While it is incomplete its revision is a mark of this copy's own, which
/// no service serves and any other copy may replace; whatever is written looks for it first.
class Target {
 public:
  /// Makes the schema if there is none, and empties what an unfinished copy left. Throws Error{conflict} if
  /// there are other rows.
  explicit Target(const CatalogSettings& settings);

  const sql::Dialect& dialect() const { return database_.dialect(); }

  /// Throws Error{conflict} that names the row if it is one that this database cannot hold.
  void write(const Table& table, std::span<const Row> rows);
  Tally tally(const Table& table);

  /// Lets the database number further rows, and services open it.
  void complete();
  /// Removes all rows again, and lets the database be used.
  void give_up();

 private:
  void claim(const CatalogSettings& settings) const;
  void require_own(sql::Session& session) const;
  void remove_rows();
  void stamp(sql::Session& session) const;
  Error explained(const Table& table, const Row& row, const Error& error) const;

  const std::string mark_;
  sql::Database database_;
};

}  // namespace vitrine::catalog::copying
