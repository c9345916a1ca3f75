#include "catalog/copying/rows.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"

namespace vitrine::catalog::copying {
namespace {

/// Bounds memory: a row holds less than 200 KiB.
constexpr std::int64_t rows_of_page = 256;
/// Rows that one statement adds; far fewer parameters than any engine allows.
constexpr std::size_t rows_of_statement = 32;

/// "name1, name2", each behind the mark: ":" for parameters.
std::string names_of(std::span<const Column> columns, std::string_view mark = "",
                     std::string_view tail = "") {
  std::string names;
  for (const Column& column : columns) {
    names += fmt::format("{}{}{}{}", names.empty() ? "" : ", ", mark, column.name, tail);
  }
  return names;
}

std::vector<sql::Type> types_of(const Table& table) {
  std::vector<sql::Type> types;
  for (const Column& column : table.columns) {
    const bool is_text = column.kind == Kind::text || column.kind == Kind::time;
    types.push_back(is_text ? sql::Type::text : sql::Type::integer);
  }
  return types;
}

sql::Value value_of(const Cell& cell, Kind kind) {
  if (kind == Kind::text || kind == Kind::time) {
    return cell.is_null ? sql::Value(std::optional<std::string>{}) : sql::Value(cell.text);
  }
  return cell.is_null ? sql::Value(std::optional<std::int64_t>{}) : sql::Value(cell.integer);
}

/// The query for the rows behind a key, or for the first ones.
std::string page_query(const Table& table, bool is_first) {
  const auto key = table.columns.first(table.key_columns);
  const std::string behind =
      is_first ? std::string() : fmt::format(" WHERE ({}) > ({})", names_of(key), names_of(key, ":"));
  return fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {}", names_of(table.columns), table.name, behind,
                     names_of(key), rows_of_page);
}

std::string insert_text(const Table& table, std::size_t rows) {
  std::string text = fmt::format("INSERT INTO {} ({}) VALUES ", table.name, names_of(table.columns));
  for (std::size_t row = 0; row < rows; ++row) {
    text +=
        fmt::format("{}({})", row == 0 ? "" : ", ", names_of(table.columns, ":", fmt::format("_{}", row)));
  }
  return text;
}

void insert_at_once(sql::Session& session, const Table& table, std::span<const Row> rows) {
  std::vector<sql::Value> values;
  values.reserve(rows.size() * table.columns.size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) values.push_back(value_of(row[i], table.columns[i].kind));
  }
  session.execute(insert_text(table, rows.size()), values);
}

/// Different rows have different texts, whatever their values are.
std::string canonical_text(const Row& row) {
  std::string text;
  for (const Cell& cell : row) {
    text += cell.is_null ? "-" : fmt::format("{} {}:{}", cell.integer, cell.text.size(), cell.text);
    text += ';';
  }
  return text;
}

}  // namespace

std::vector<Row> Reader::next() {
  std::vector<sql::Value> values;
  for (std::size_t i = 0; i < table_.key_columns && !last_.empty(); ++i) {
    values.push_back(value_of(last_[i], table_.columns[i].kind));
  }
  const std::vector<sql::Type> types = types_of(table_);
  std::vector<Row> page;
  sql::Rows rows = session_.query(page_query(table_, last_.empty()), types, values);
  while (rows.next()) page.push_back(row_of(rows));
  if (!page.empty()) last_ = page.back();
  return page;
}

Row Reader::row_of(const sql::Rows& rows) const {
  Row row(table_.columns.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    Cell& cell = row[i];
    const Kind kind = table_.columns[i].kind;
    cell.is_null = rows.is_null(i);
    if (cell.is_null) continue;
    if (kind == Kind::integer || kind == Kind::flag) {
      cell.integer = rows.integer(i);
    } else {
      cell.text = rows.text(i);
    }
    if (kind == Kind::time) read_time(cell, row);
  }
  return row;
}

void Reader::read_time(Cell& cell, const Row& row) const {
  std::optional<Timestamp> time = parse_time(cell.text);
  if (!time) {
    throw Error(
        ErrorCode::conflict,
        fmt::format("The row with {} of the table {} holds the time '{}', which is none. Correct it in "
                    "the source.",
                    key_text(table_, row), table_.name, cell.text));
  }
  if (!keeps_fractions_) time = std::chrono::floor<std::chrono::seconds>(*time);
  cell.text = to_sql_time(*time);
}

void insert_rows(sql::Session& session, const Table& table, std::span<const Row> rows) {
  // Two sizes, so that few statements are prepared.
  while (!rows.empty()) {
    const std::size_t count = rows.size() < rows_of_statement ? 1 : rows_of_statement;
    insert_at_once(session, table, rows.first(count));
    rows = rows.subspan(count);
  }
}

std::string key_text(const Table& table, const Row& row) {
  std::string text;
  for (std::size_t i = 0; i < table.key_columns; ++i) {
    const Column& column = table.columns[i];
    const std::string value = column.kind == Kind::text ? row[i].text : std::to_string(row[i].integer);
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", column.name, value);
  }
  return text;
}

void Tally::add(const Row& row) {
  constexpr std::size_t digits = 16;
  Digest digest("sha256");
  digest.update(bytes_of(canonical_text(row)));
  const std::string text = digest.finish();
  ++rows;
  for (std::size_t i = 0; i < digests.size(); ++i) {
    std::uint64_t part = 0;
    std::from_chars(text.data() + i * digits, text.data() + (i + 1) * digits, part, 16);
    digests[i] += part;
  }
}

Tally tally_of(sql::Session& session, const Table& table, const sql::Dialect& holder) {
  Tally tally;
  Reader reader(session, table, holder);
  for (std::vector<Row> page = reader.next(); !page.empty(); page = reader.next()) {
    for (const Row& row : page) tally.add(row);
  }
  return tally;
}

}  // namespace vitrine::catalog::copying
