#include "catalog/tables/image_page.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "catalog/tables/image_filters.h"
#include "catalog/tables/image_grants.h"
#include "catalog/tables/images.h"

namespace vitrine::catalog::images {
namespace {

/// The tables of a page's rows and what finds them there: "images WHERE …".
std::vector<StatementText> sources_of(sql::Session& session, const model::ImageQuery& query) {
  const std::vector<Grant> grants = grants_of(query);
  if (const auto narrow = find_narrow_filter(session, query)) {
    StatementText source;
    source << "(SELECT DISTINCT image_id FROM (" << *narrow
           << ") AS found) AS chosen CROSS JOIN images WHERE id = chosen.image_id AND ";
    add_condition(source, grants, query);
    return {source};
  }
  StatementText led;
  if (add_leading_filter(led, query, session)) {
    add_condition(led << " AND ", grants, query);
    return {led};
  }
  std::vector<StatementText> sources;
  for (const Grant& grant : grants) add_source(sources.emplace_back(), grant, query, session);
  return sources;
}

/// A statement is worth asking if some image can be found by it.
bool can_match(const model::ImageQuery& query) {
  return !query.matches_nothing && query.limit > 0 && !grants_of(query).empty();
}

void add_end(StatementText& statement, const model::ImageQuery& query, const ImageOrder& order) {
  statement << " " << order.order_by() << " LIMIT ";
  statement.bind(static_cast<std::int64_t>(
      std::min<std::uint64_t>(query.limit, std::numeric_limits<std::int64_t>::max())));
}

}  // namespace

StatementText page_statement(sql::Session& session, const model::ImageQuery& query, const ImageOrder& order) {
  const std::vector<StatementText> sources = sources_of(session, query);
  const bool sorts_parts = session.dialect().sorts_parts && sources.size() > 1;
  StatementText statement;
  std::string_view separator = sorts_parts ? "(" : "";
  for (const StatementText& source : sources) {
    statement << separator << "SELECT " << column_list() << order.key_columns() << " FROM " << source
              << " AND " << live_condition(query);
    add_filters(statement, query, session.dialect());
    order.add_start(statement, session.dialect());
    if (sorts_parts) add_end(statement, query, order);
    separator = sorts_parts ? ") UNION ALL (" : " UNION ALL ";
  }
  add_end(sorts_parts ? statement << ")" : statement, query, order);
  return statement;
}

std::vector<model::Image> read_page(sql::Session& session, const model::ImageQuery& query) {
  ImageOrder order(query.sort);
  if (query.marker) order.start_after(session, *query.marker, query.viewer);
  if (!can_match(query)) return {};
  const StatementText statement = page_statement(session, query, order);
  std::vector<sql::Type> types(column_types().begin(), column_types().end());
  for (const sql::Type type : order.key_types()) types.push_back(type);
  std::vector<model::Image> images;
  sql::Rows rows = session.query(statement.text(), types, statement.values());
  while (rows.next()) images.push_back(read(rows));
  return images;
}

}  // namespace vitrine::catalog::images
