#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "catalog/copying/copied_tables.h"
#include "catalog/sql/session.h"

namespace vitrine::catalog::copying {

/// A column's value in a row. Texts and times are text; times have six digits behind the second.
struct Cell {
  bool is_null = true;
  std::int64_t integer = 0;
  std::string text = {};

  bool operator==(const Cell&) const = default;
};

using Row = std::vector<Cell>;

/// Reads a table page by page, in the order of its key, as the engine that is to hold the rows can keep them:
/// MariaDB has no fractions of seconds. The session must outlive the reader.
class Reader {
 public:
  Reader(sql::Session& session, const Table& table, const sql::Dialect& holder)
      : session_(session), table_(table), keeps_fractions_(holder.keeps_fractions) {}

  /// The next rows; none at the end. Throws Error{conflict} for a row that no engine could hold.
  std::vector<Row> next();

 private:
  Row row_of(const sql::Rows& rows) const;
  void read_time(Cell& cell, const Row& row) const;

  sql::Session& session_;
  const Table& table_;
  const bool keeps_fractions_;
  Row last_;
};

/// Adds the rows to the table.
void insert_rows(sql::Session& session, const Table& table, std::span<const Row> rows);

/// The row's key, for people: "id 17".
std::string key_text(const Table& table, const Row& row);

/// How many rows there are, and the sum of their digests: the same for the same rows in any order.
struct Tally {
  std::int64_t rows = 0;
  std::array<std::uint64_t, 4> digests{};

  void add(const Row& row);
  bool operator==(const Tally&) const = default;
};

/// Of all rows that there are.
Tally tally_of(sql::Session& session, const Table& table, const sql::Dialect& holder);

}  // namespace vitrine::catalog::copying
