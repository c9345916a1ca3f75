#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// What `db import-from` and `db export-to` do: every row of one database goes into another one, whatever
/// their engines.
namespace vitrine::catalog::copying {

enum class Kind { text, integer, flag, time };

struct Column {
  std::string_view name;
  Kind kind;
};

struct Table {
  std::string_view name;
  std::span<const Column> columns;  ///< those of the primary key first
  std::size_t key_columns;
  bool numbers_rows;  ///< the database gives a new row the next number
};

/// Every table of Glance's schema but alembic_version; those that others refer to come first.
std::span<const Table> copied_tables();

}  // namespace vitrine::catalog::copying
