#include "catalog/tables/image_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/tables/images.h"

namespace vitrine::catalog::images {
namespace {

using model::SortKey;
using model::SortOrder;
using sql::Type;
using sql::Value;

/// A sort key as SQL: NULL sorts as the empty text or 0 on every engine, and as it compares with the marker.
struct KeyExpression {
  SortKey key;
  std::string_view text;
  Type type;
};

constexpr KeyExpression key_expressions[] = {
    {SortKey::name, "COALESCE(name, '')", Type::text},
    {SortKey::status, "status", Type::text},
    {SortKey::container_format, "COALESCE(container_format, '')", Type::text},
    {SortKey::disk_format, "COALESCE(disk_format, '')", Type::text},
    {SortKey::size, "COALESCE(size, 0)", Type::integer},
    {SortKey::id, "id", Type::text},
    {SortKey::created_at, "created_at", Type::text},
    {SortKey::updated_at, "COALESCE(updated_at, created_at)", Type::text},
};

const KeyExpression& expression_of(SortKey key) {
  return *std::find_if(std::begin(key_expressions), std::end(key_expressions),
                       [&](const KeyExpression& expression) { return expression.key == key; });
}

/// One step of the order: ascending or descending by an expression.
struct Step {
  const KeyExpression* by;
  bool is_ascending;
  std::string text;      ///< of the marker
  std::int64_t integer;  ///< of the marker

  Value marker() const { return by->type == Type::text ? Value(text) : Value(integer); }
  std::string_view direction() const { return is_ascending ? "ASC" : "DESC"; }
  std::string_view comparison() const { return is_ascending ? ">" : "<"; }
};

void append_step(std::vector<Step>& steps, model::Sort sort) {
  const KeyExpression* by = &expression_of(sort.key);
  const bool is_there =
      std::any_of(steps.begin(), steps.end(), [&](const Step& step) { return step.by == by; });
  if (!is_there) steps.push_back({by, sort.order == SortOrder::ascending, {}, 0});
}

/// The steps asked for, then the tie-breakers. As in Glance these follow the direction when there is one key,
/// else they descend.
std::vector<Step> steps_of(const std::vector<model::Sort>& sort) {
  std::vector<Step> steps;
  for (const model::Sort& asked : sort) append_step(steps, asked);
  const SortOrder order = sort.size() == 1 ? sort.front().order : SortOrder::descending;
  append_step(steps, {SortKey::created_at, order});
  append_step(steps, {SortKey::id, order});
  return steps;
}

void read_marker(sql::Session& session, std::string_view marker, std::vector<Step>& steps) {
  std::string expressions;
  std::vector<Type> types;
  for (const Step& step : steps) {
    expressions += fmt::format("{}{}", expressions.empty() ? "" : ", ", step.by->text);
    types.push_back(step.by->type);
  }
  sql::Rows rows = session.query(
      fmt::format("SELECT {} FROM images WHERE id = :id AND NOT deleted", expressions), types, {marker});
  if (!rows.next())
    throw Error(ErrorCode::invalid, fmt::format("There is no image {} to mark a page.", marker));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].text = rows.text(i);
    steps[i].integer = rows.integer(i);
  }
}

/// "after the marker": k1 <= m1 AND (k1 < m1 OR (k1 = m1 AND (k2 < m2 OR …))), where < is > for an ascending
/// key. The first comparison says nothing new, but lets an index find the start of the page.
std::string after_marker(const std::vector<Step>& steps, std::vector<Value>& values) {
  std::string condition = fmt::format("{} {}= :first", steps[0].by->text, steps[0].comparison());
  values.push_back(steps[0].marker());
  std::string closing;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    condition += i == 0 ? " AND (" : fmt::format(" OR ({} = :same{} AND (", steps[i - 1].by->text, i);
    if (i > 0) values.push_back(steps[i - 1].marker());
    condition += fmt::format("{} {} :beyond{}", steps[i].by->text, steps[i].comparison(), i);
    values.push_back(steps[i].marker());
    closing += i == 0 ? ")" : "))";
  }
  return condition + closing;
}

std::string order_by(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", step.by->text, step.direction());
  }
  return text;
}

}  // namespace

std::vector<model::Image> read_page(sql::Session& session, const model::ImageQuery& query) {
  std::vector<Step> steps = steps_of(query.sort);
  if (query.marker) read_marker(session, *query.marker, steps);
  // An index begins with deleted; that on os_hidden is kept out, as it would have all live images sorted.
  std::string conditions = "deleted = FALSE AND status <> 'killed'";
  if (query.is_hidden) conditions += *query.is_hidden ? " AND os_hidden" : " AND NOT os_hidden";
  std::vector<Value> values;
  if (query.name) {
    conditions += " AND name = :name";
    values.emplace_back(*query.name);
  }
  if (query.marker) conditions += " AND " + after_marker(steps, values);
  values.emplace_back(std::min<std::uint64_t>(query.limit, std::numeric_limits<std::int64_t>::max()));
  const std::string statement = fmt::format("SELECT {} FROM images WHERE {} ORDER BY {} LIMIT :limit",
                                            column_list(), conditions, order_by(steps));
  std::vector<model::Image> images;
  sql::Rows rows = session.query(statement, column_types(), values);
  while (rows.next()) images.push_back(read(rows));
  return images;
}

}  // namespace vitrine::catalog::images
