#pragma once

#include <string>
#include <vector>

#include "catalog/copying/rows.h"

/// For tests: rows for every table that there is, with values of every kind.
namespace vitrine::catalog {

inline bool may_be_null(const copying::Column& column) {
  for (const char* name :
       {"updated_at", "deleted_at", "virtual_size", "checksum", "description", "prefix", "result"}) {
    if (column.name == name) return true;
  }
  return false;
}

/// A value that no constraint of any engine minds; rows with one number belong together.
inline copying::Cell sample_cell(const copying::Column& column, std::int64_t number) {
  if (number % 2 == 0 && may_be_null(column)) return {};
  const std::string digits = std::to_string(number);
  switch (column.kind) {
    case copying::Kind::integer:
      return {false, number, ""};
    case copying::Kind::flag:
      return {false, number % 2, ""};
    case copying::Kind::time:
      return {false, 0, "2026-01-01 23:59:59." + std::to_string(100'000 + number)};
    case copying::Kind::text:
      break;
  }
  if (column.name == "visibility") return {false, 0, "shared"};
  const bool is_short = column.name.ends_with("id") || column.name.ends_with("format");
  return {false, 0, (is_short ? "id " : "It's größe\\ :") + digits};
}

inline copying::Row sample_row(const copying::Table& table, std::int64_t number) {
  copying::Row row;
  for (const copying::Column& column : table.columns) row.push_back(sample_cell(column, number));
  return row;
}

/// Puts so many rows into every table.
inline void fill_every_table(const CatalogSettings& settings, std::int64_t count) {
  sql::Session session(sql::read_settings(settings));
  sql::Transaction transaction(session, sql::Access::write);
  for (const copying::Table& table : copying::copied_tables()) {
    std::vector<copying::Row> rows;
    for (std::int64_t number = 1; number <= count; ++number) rows.push_back(sample_row(table, number));
    copying::insert_rows(session, table, rows);
  }
  transaction.commit();
}

/// What lies in every table, as an engine without fractions of seconds keeps it if `holder` is one.
inline std::vector<copying::Tally> tallies(const CatalogSettings& settings, const sql::Dialect& holder) {
  sql::Session session(sql::read_settings(settings));
  std::vector<copying::Tally> found;
  for (const copying::Table& table : copying::copied_tables()) {
    found.push_back(copying::tally_of(session, table, holder));
  }
  return found;
}

}  // namespace vitrine::catalog
