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
  std::string_view bare = {};  ///< the column that a simple index holds instead
};

const ImageOrder::Key ImageOrder::keys[] = {
    {SortKey::name, "COALESCE(name, '')", Type::text, false, "name"},
    {SortKey::status, "status", Type::text, true},
    {SortKey::container_format, "COALESCE(container_format, '')", Type::text, false, "container_format"},
    {SortKey::disk_format, "COALESCE(disk_format, '')", Type::text, false, "disk_format"},
    {SortKey::size, "COALESCE(size, 0)", Type::integer, false, "size"},
    {SortKey::id, "id", Type::text, true},
    {SortKey::created_at, "created_at", Type::text, true},
    {SortKey::updated_at, "COALESCE(updated_at, created_at)", Type::text, false, "updated_at"},
};

std::string_view ImageOrder::Step::expression() const {
  return is_bare ? key->bare : key->expression;
}

ImageOrder::ImageOrder(const std::vector<model::Sort>& sort, const sql::Dialect& dialect)
    : has_simple_indexes_(dialect.has_simple_indexes) {
  for (const model::Sort& asked : sort) append(asked);
  const SortOrder order = sort.size() == 1 ? sort.front().order : SortOrder::descending;
  append({SortKey::created_at, order});
  append({SortKey::id, order});
}

void ImageOrder::append(model::Sort sort) {
  const Key* key =
      std::find_if(std::begin(keys), std::end(keys), [&](const Key& known) { return known.key == sort.key; });
  const bool is_there = std::any_of(steps_.begin(), steps_.end(), [&](const Step& step) {
    return step.key == key || step.key->key == SortKey::id;  // behind which nothing is left to tell apart
  });
  if (is_there) return;
  const bool is_bare = has_simple_indexes_ && !key->bare.empty();
  steps_.push_back({key, sort.order == SortOrder::ascending, is_bare});
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
    columns += fmt::format(", {}", step.expression());
    types.push_back(step.key->type);
  }
  sql::Rows rows =
      session.query(fmt::format("SELECT {} FROM images WHERE id = :id", columns), types, {image_id});
  const bool is_there = rows.next() && (rows.integer(2) == 0 || viewer.is_admin);
  if (!is_there) {
    throw Error(ErrorCode::invalid, fmt::format("There is no image {} to mark a page.", image_id));
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i].is_null = rows.is_null(3 + i);
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
    columns += fmt::format("{}{} AS key{}", i == 0 ? "" : ", ", steps_[i].expression(), i);
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

bool ImageOrder::has_one_direction() const {
  return std::all_of(steps_.begin(), steps_.end(),
                     [&](const Step& step) { return step.is_ascending == steps_.front().is_ascending; });
}

void ImageOrder::add_value(StatementText& statement, const Step& step) {
  if (step.key->type == Type::text) {
    statement.bind(step.text);
  } else {
    statement.bind(step.integer);
  }
}

void ImageOrder::add_equality(StatementText& statement, const Step& step) {
  statement << step.expression();
  if (step.is_null) {
    statement << " IS NULL";
  } else {
    add_value(statement << " = ", step);
  }
}

/// What lies behind the marker by this key alone, or also beside it. NULL comes before everything.
void ImageOrder::add_beyond(StatementText& statement, const Step& step, std::string_view or_equal) {
  const bool has_equals = !or_equal.empty();
  if (step.is_null) {
    const bool is_everything = step.is_ascending && has_equals;
    const bool is_nothing = !step.is_ascending && !has_equals;
    if (is_everything || is_nothing) {
      statement << (is_everything ? "TRUE" : "FALSE");
    } else {
      statement << step.expression() << (step.is_ascending ? " IS NOT NULL" : " IS NULL");
    }
    return;
  }
  const bool may_be_null = step.is_bare && !step.is_ascending;
  statement << (may_be_null ? "(" : "") << step.expression() << (step.is_ascending ? " >" : " <") << or_equal
            << " ";
  add_value(statement, step);
  if (may_be_null) statement << " OR " << step.expression() << " IS NULL)";
}

void ImageOrder::add_start(StatementText& statement) const {
  if (!has_marker_) return;
  const Step& first = steps_.front();
  const bool is_row = has_one_direction() && !has_simple_indexes_;
  // Says nothing new, but lets an index find the start of the page: SQLite understands rows of columns only.
  if (!is_row || !first.key->is_column) add_beyond(statement << " AND ", first, "=");
  if (is_row) {
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
    statement << separator << step.expression();
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
    if (i > 0) add_equality(statement << " OR (", steps_[i - 1]);
    add_beyond(statement << " AND (", step, "");
    closing += i == 0 ? ")" : "))";
  }
  statement << closing;
}

}  // namespace vitrine::catalog::images
