#pragma once

#include <span>
#include <string_view>

namespace vitrine::catalog::sql {

/// How the schema's types and clauses are written.
struct SchemaWords {
  std::string_view id;          ///< of a column that numbers its rows
  std::string_view big_id;      ///< the same for many rows
  std::string_view big;         ///< a number of 64 bits
  std::string_view time;        ///< a time of day without a zone
  std::string_view no;          ///< the default of a flag
  std::string_view visibility;  ///< the type of an image's visibility
  bool checks_flags;            ///< columns of flags bear a check, as SQLAlchemy writes it
  std::string_view images_checks;
  std::string_view table_options;
  std::span<const std::string_view> first;  ///< statements before the first table
  std::span<const std::string_view>
      own_indexes;  ///< indexes for speed alone, which Glance does not know; may be dropped
};

/// Where the engines' SQL differs. All other statements are written so that each engine reads them alike:
/// flags are compared with TRUE and FALSE, times with text, and NULLs are replaced before they are sorted.
struct Dialect {
  std::string_view name;  ///< as people write it
  std::span<const std::string_view> begin_read;
  std::span<const std::string_view> begin_write;
  /// Lists the database's tables, sorted by their bytes.
  std::string_view list_tables;
  /// Ends a query so that it waits for others who change its rows, and makes them wait for the transaction.
  std::string_view for_update;
  /// Stands before a parameter that a text is compared with byte by byte; elsewhere MariaDB ignores case.
  std::string_view exactly;
  /// Makes an integer parameter, which stands between the two, as wide as any value.
  std::string_view wide_begin;
  std::string_view wide_end;
  /// Lets only one transaction at a time go on with the name in its only parameter, and finds 0 if it waited
  /// in vain; empty: there is only one.
  std::string_view lock_name;
  /// Gives up all such locks behind the end of a transaction; empty: they end with it.
  std::string_view unlock_names;
  /// Lets the next row of the table {table} get a number behind the highest {id}, and finds that; empty: it
  /// does so by itself.
  std::string_view go_on_numbering;
  /// Lists the indexes that the table images has; empty: the engine takes the right one without being told.
  std::string_view list_indexes;
  /// Ends a query in EXISTS that is to be asked for one row after the other; elsewhere the engine may turn it
  /// into a join with all that the query finds.
  std::string_view one_by_one;
  bool has_one_writer;       ///< a transaction that writes excludes all others
  bool keeps_fractions;      ///< of seconds
  bool has_simple_indexes;   ///< of columns; neither expressions nor rows of values are found by them
  bool indexes_beginnings;   ///< of long texts: they are found by LEFT(text, 100)
  bool guesses_expressions;  ///< what an index of them holds: only its order leads to it
  bool holds_nul;            ///< the character, in a text
  bool sorts_parts;          ///< the parts of a UNION are to be sorted and cut for themselves
  bool has_transactional_schema;
  bool waits_without_end;  ///< the client library does, for an answer of the server
  SchemaWords schema;
};

}  // namespace vitrine::catalog::sql
