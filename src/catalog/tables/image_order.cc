#include "catalog/tables/image_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "catalog/tables/image_members.h"

namespace vitrine::catalog::images {

using model::SortKey;
using model::SortOrder;
using sql::Type;

/// Indexes of our own hold these very expressions.
struct ImageOrder::Key {
  SortKey key;
  std::string_view expression;
  Type type;
  bool is_column;
};

const ImageOrder::Key ImageOrder::keys[] = {
    {SortKey::name, "COALESCE(name, '')", Type::text, false},
    {SortKey::status, "status", Type::text, true},
    {SortKey::container_format, "COALESCE(container_format, '')", Type::text, false},
    {SortKey::disk_format, "COALESCE(disk_format, '')", Type::text, false},
    {SortKey::size, "COALESCE(size, 0)", Type::integer, false},
    {SortKey::id, "id", Type::text, true},
    {SortKey::created_at, "created_at", Type::text, true},
    {SortKey::updated_at, "COALESCE(updated_at, created_at)", Type::text, false},
};

ImageOrder::ImageOrder(const std::vector<model::Sort>& sort) {
  for (const model::Sort& asked : sort) append(asked);
  const SortOrder order = sort.size() == 1 ? sort.front().order : SortOrder::descending;
  append({SortKey::created_at, order});
  append({SortKey::id, order});
}

void ImageOrder::append(model::Sort sort) {
  const Key* key =
      std::find_if(std::begin(keys), std::end(keys), [&](const Key& known) { return known.key == sort.key; });
  const bool is_there =
      std::any_of(steps_.begin(), steps_.end(), [&](const Step& step) { return step.key == key; });
  if (!is_there) steps_.push_back({key, sort.order == SortOrder::ascending, {}, 0});
}

void ImageOrder::start_after(sql::Session& session, std::string_view image_id, const model::Caller& viewer) {
  const model::Image marker = read_marker(session, image_id, viewer);
  const auto is_member = [&] {
    return viewer.project_id && image_members::find(session, image_id, *viewer.project_id);
  };
  if (!may_see(viewer, marker, is_member() ? model::Membership::member : model::Membership::none)) {
    throw Error(ErrorCode::forbidden, fmt::format("You may not see the image {}.", image_id));
  }
  has_marker_ = true;
}

/// Keeps the marker's keys, and returns what decides about who may see it.
model::Image ImageOrder::read_marker(sql::Session& session, std::string_view image_id,
                                     const model::Caller& viewer) {
  std::string columns = "owner, visibility, deleted";
  std::vector<Type> types{Type::text, Type::text, Type::integer};
  for (const Step& step : steps_) {
    columns += fmt::format(", {}", step.key->expression);
    types.push_back(step.key->type);
  }
  sql::Rows rows =
      session.query(fmt::format("SELECT {} FROM images WHERE id = :id", columns), types, {image_id});
  const bool is_there = rows.next() && (rows.integer(2) == 0 || viewer.is_admin);
  if (!is_there) {
    throw Error(ErrorCode::invalid, fmt::format("There is no image {} to mark a page.", image_id));
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i].text = rows.text(3 + i);
    steps_[i].integer = rows.integer(3 + i);
  }
  model::Image marker;
  marker.owner = rows.optional_text(0);
  marker.visibility = model::parse_visibility(rows.text(1)).value_or(model::Visibility::is_private);
  return marker;
}

std::string ImageOrder::key_columns() const {
  std::string columns;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    columns += fmt::format(", {} AS key{}", steps_[i].key->expression, i);
  }
  return columns;
}

std::vector<Type> ImageOrder::key_types() const {
  std::vector<Type> types;
  for (const Step& step : steps_) types.push_back(step.key->type);
  return types;
}

std::string ImageOrder::order_by() const {
  std::string text;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    text +=
        fmt::format("{}key{} {}", i == 0 ? "ORDER BY " : ", ", i, steps_[i].is_ascending ? "ASC" : "DESC");
  }
  return text;
}

void ImageOrder::add_value(StatementText& statement, const Step& step) {
  if (step.key->type == Type::text) {
    statement.bind(step.text);
  } else {
    statement.bind(step.integer);
  }
}

void ImageOrder::add_start(StatementText& statement, const sql::Dialect& dialect) const {
  if (!has_marker_) return;
  const Step& first = steps_.front();
  const bool has_one_direction = std::all_of(steps_.begin(), steps_.end(), [&](const Step& step) {
    return step.is_ascending == first.is_ascending;
  });
  // Says nothing new, but lets an index find the start of the page: SQLite understands rows of columns only,
  // MariaDB none.
  if (!has_one_direction || !first.key->is_column || dialect.has_simple_indexes) {
    statement << " AND " << first.key->expression << (first.is_ascending ? " >= " : " <= ");
    add_value(statement, first);
  }
  if (has_one_direction) {
    add_row_start(statement);
  } else {
    add_mixed_start(statement);
  }
}

void ImageOrder::add_horizon(StatementText& statement, const std::string& moment) const {
  statement << " AND created_at" << (steps_.front().is_ascending ? " <= " : " >= ");
  statement.bind(moment);
}

/// (k1, k2) > (m1, m2)
void ImageOrder::add_row_start(StatementText& statement) const {
  std::string_view separator = " AND (";
  for (const Step& step : steps_) {
    statement << separator << step.key->expression;
    separator = ", ";
  }
  separator = steps_.front().is_ascending ? ") > (" : ") < (";
  for (const Step& step : steps_) {
    statement << separator;
    add_value(statement, step);
    separator = ", ";
  }
  statement << ")";
}

/// k1 > m1 OR (k1 = m1 AND (k2 < m2 OR …))
void ImageOrder::add_mixed_start(StatementText& statement) const {
  std::string closing;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (i > 0) {
      const Step& previous = steps_[i - 1];
      statement << " OR (" << previous.key->expression << " = ";
      add_value(statement, previous);
    }
    statement << " AND (" << step.key->expression << (step.is_ascending ? " > " : " < ");
    add_value(statement, step);
    closing += i == 0 ? ")" : "))";
  }
  statement << closing;
}

}  // namespace vitrine::catalog::images
