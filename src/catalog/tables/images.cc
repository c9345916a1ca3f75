#include "catalog/tables/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "base/error.h"
#include "catalog/limits.h"

namespace vitrine::catalog::images {
namespace {

using sql::Type;
using sql::Value;

struct Column {
  std::string_view name;
  Type type;
  std::size_t longest = 0;  ///< in characters, for text
};

constexpr std::size_t longest_id = 36;

/// The columns that a change may write, in the order of values_of().
constexpr std::array columns{
    Column{"name", Type::text, 255},
    Column{"size", Type::integer},
    Column{"status", Type::text, 30},
    Column{"disk_format", Type::text, 20},
    Column{"container_format", Type::text, 20},
    Column{"checksum", Type::text, 32},
    Column{"owner", Type::text, 255},
    Column{"min_disk", Type::integer},
    Column{"min_ram", Type::integer},
    Column{"protected", Type::integer},
    Column{"virtual_size", Type::integer},
    Column{"visibility", Type::text, 9},
    Column{"os_hidden", Type::integer},
    Column{"os_hash_algo", Type::text, 64},
    Column{"os_hash_value", Type::text, 128},
};

/// The columns that only the catalog itself writes; they follow the others in a SELECT.
constexpr std::array own_columns{
    Column{"id", Type::text, longest_id}, Column{"created_at", Type::text}, Column{"updated_at", Type::text},
    Column{"deleted_at", Type::text},     Column{"deleted", Type::integer},
};

constexpr auto all_types = [] {
  std::array<Type, columns.size() + own_columns.size()> types{};
  auto next = types.begin();
  for (const Column& column : columns) *next++ = column.type;
  for (const Column& column : own_columns) *next++ = column.type;
  return types;
}();

std::vector<Value> values_of(const model::Image& image) {
  // Glance has no images whose owner is the empty text.
  const bool has_owner = image.owner && !image.owner->empty();
  return {
      image.name,
      image.size,
      to_string(image.status),
      image.disk_format,
      image.container_format,
      image.checksum,
      has_owner ? Value(*image.owner) : Value(std::optional<std::string>{}),
      image.min_disk,
      image.min_ram,
      image.is_protected,
      image.virtual_size,
      to_string(image.visibility),
      image.is_hidden,
      image.os_hash_algo,
      image.os_hash_value,
  };
}

void require_storable_value(const Column& column, const Value& value) {
  if (column.type == Type::text && !value.is_null) require_storable(column.name, value.text, column.longest);
}

void require_storable_numbers(const model::Image& image) {
  require_storable_integer("min_disk", image.min_disk);
  require_storable_integer("min_ram", image.min_ram);
  if (image.size) require_storable_size("size", *image.size);
  if (image.virtual_size) require_storable_size("virtual_size", *image.virtual_size);
}

/// Hands out the columns of a row one after the other.
class Cursor {
 public:
  explicit Cursor(const sql::Rows& row) : row_(row) {}

  const std::string& text() { return row_.text(next_++); }
  std::optional<std::string> optional_text() { return row_.optional_text(next_++); }
  std::int64_t integer() { return row_.integer(next_++); }
  bool flag() { return integer() != 0; }
  std::optional<std::uint64_t> size() {
    const auto value = row_.optional_integer(next_++);
    if (!value) return {};
    return static_cast<std::uint64_t>(*value);
  }
  std::optional<Timestamp> time() {
    const std::size_t column = next_++;
    if (row_.is_null(column)) return {};
    const auto time = parse_time(row_.text(column));
    if (!time) {
      throw Error(ErrorCode::internal, fmt::format("images holds the time '{}'.", row_.text(column)));
    }
    return time;
  }

 private:
  const sql::Rows& row_;
  std::size_t next_ = 0;
};

template <class Known>
Known require_known(std::optional<Known> known, std::string_view column, std::string_view text) {
  if (!known) throw Error(ErrorCode::internal, fmt::format("images.{} holds '{}'.", column, text));
  return *known;
}

std::string insert_statement() {
  std::string names;
  std::string parameters;
  for (const Column& column : columns) {
    names += fmt::format("{}, ", column.name);
    parameters += fmt::format(":{}, ", column.name);
  }
  return fmt::format(
      "INSERT INTO images ({}id, created_at, updated_at, deleted) "
      "VALUES ({}:id, :created_at, :updated_at, FALSE)",
      names, parameters);
}

bool exists(sql::Session& session, std::string_view image_id) {
  static constexpr Type types[] = {Type::integer};
  sql::Rows rows = session.query("SELECT 1 FROM images WHERE id = :id", types, {image_id});
  return rows.next();
}

}  // namespace

const std::string& column_list() {
  static const std::string list = [] {
    std::string names;
    for (const Column& column : columns) names += fmt::format("{}, ", column.name);
    for (const Column& column : own_columns) names += fmt::format("{}, ", column.name);
    return names.substr(0, names.size() - 2);
  }();
  return list;
}

std::span<const Type> column_types() {
  return all_types;
}

model::Image read(const sql::Rows& row) {
  model::Image image;
  Cursor cursor(row);
  image.name = cursor.optional_text();
  image.size = cursor.size();
  const std::string& status = cursor.text();
  image.status = require_known(model::parse_image_status(status), "status", status);
  image.disk_format = cursor.optional_text();
  image.container_format = cursor.optional_text();
  image.checksum = cursor.optional_text();
  image.owner = cursor.optional_text();
  image.min_disk = cursor.integer();
  image.min_ram = cursor.integer();
  image.is_protected = cursor.flag();
  image.virtual_size = cursor.size();
  const std::string& visibility = cursor.text();
  image.visibility = require_known(model::parse_visibility(visibility), "visibility", visibility);
  image.is_hidden = cursor.flag();
  image.os_hash_algo = cursor.optional_text();
  image.os_hash_value = cursor.optional_text();
  image.id = cursor.text();
  image.created_at = require_known(cursor.time(), "created_at", "NULL");
  image.updated_at = cursor.time().value_or(image.created_at);
  image.deleted_at = cursor.time();
  image.is_deleted = cursor.flag();
  return image;
}

std::optional<model::Image> find(sql::Session& session, std::string_view image_id, Purpose purpose) {
  const std::string statement =
      fmt::format("SELECT {} FROM images WHERE id = :id{}", column_list(),
                  purpose == Purpose::change ? session.dialect().for_update : std::string_view{});
  if (image_id.size() > longest_id) return {};
  sql::Rows rows = session.query(statement, column_types(), {image_id});
  if (!rows.next()) return {};
  return read(rows);
}

void insert(sql::Session& session, const model::Image& image, Timestamp now) {
  static const std::string statement = insert_statement();
  std::vector<Value> values = values_of(image);
  require_storable("id", image.id, longest_id);
  require_storable_numbers(image);
  for (std::size_t i = 0; i < columns.size(); ++i) require_storable_value(columns[i], values[i]);
  if (exists(session, image.id)) {
    throw Error(ErrorCode::duplicate, fmt::format("An image with the id {} exists already.", image.id));
  }
  const std::string time = to_sql_time(now);
  values.insert(values.end(), {image.id, time, time});
  session.execute(statement, values);
}

bool differ(const model::Image& before, const model::Image& after) {
  return values_of(before) != values_of(after);
}

void update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now) {
  require_storable_numbers(after);
  const std::vector<Value> old_values = values_of(before);
  const std::vector<Value> new_values = values_of(after);
  const std::string time = to_sql_time(now);
  std::string statement = "UPDATE images SET updated_at = :updated_at";
  std::vector<Value> values{time};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (old_values[i] == new_values[i]) continue;
    require_storable_value(columns[i], new_values[i]);
    statement += fmt::format(", {0} = :{0}", columns[i].name);
    values.push_back(new_values[i]);
  }
  statement += " WHERE id = :id AND status = :old_status AND NOT deleted";
  values.insert(values.end(), {before.id, to_string(before.status)});
  if (session.execute(statement, values) == 0) {
    throw Error(ErrorCode::conflict,
                fmt::format("The status of image {} is no longer {}.", before.id, to_string(before.status)));
  }
}

void soft_delete(sql::Session& session, std::string_view image_id, Timestamp now) {
  const std::string time = to_sql_time(now);
  session.execute("UPDATE images SET deleted = TRUE, deleted_at = :deleted_at WHERE id = :id",
                  {time, image_id});
}

}  // namespace vitrine::catalog::images
