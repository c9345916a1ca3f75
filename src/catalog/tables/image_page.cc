#include "catalog/tables/image_page.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "catalog/tables/image_filters.h"
#include "catalog/tables/image_grants.h"
#include "catalog/tables/images.h"

namespace vitrine::catalog::images {
namespace {

/// How many images a filter may let through that are all read and sorted at once; for more it is cheaper to
/// walk through the list in its order and to look at each image.
constexpr std::int64_t most_narrow = 2000;

/// How far that walk goes before it is given up, if those who pass the filter are few after all, or far away.
constexpr std::int64_t most_walked = 2000;
constexpr std::int64_t most_walked_for_an_image = 10;
constexpr std::uint64_t largest_page = 10'000;  ///< that it is limited for

/// How many are read and sorted then.
constexpr std::int64_t most_sorted[] = {20'000, 200'000};

/// The tables of a page's rows and what finds them there: "images WHERE …".
std::vector<StatementText> sources_of(sql::Session& session, const model::ImageQuery& query, const Way& way) {
  const std::vector<Grant> grants = grants_of(query);
  if (way.ids) {
    StatementText source;
    source << "(SELECT DISTINCT image_id FROM (" << *way.ids
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

std::vector<sql::Type> types_of(const ImageOrder& order) {
  std::vector<sql::Type> types(column_types().begin(), column_types().end());
  for (const sql::Type type : order.key_types()) types.push_back(type);
  return types;
}

std::vector<model::Image> read_on(sql::Session& session, const model::ImageQuery& query,
                                  const ImageOrder& order, const Way& way) {
  const StatementText statement = page_statement(session, query, order, way);
  std::vector<model::Image> images;
  sql::Rows rows = session.query(statement.text(), types_of(order), statement.values());
  while (rows.next()) images.push_back(read(rows));
  return images;
}

/// Whether the list is a walk through all images by their creation. Of those of a project, an owner or a name
/// there are few enough to walk to their end.
bool walks_through_all(const model::ImageQuery& query, const sql::Dialect& dialect) {
  return grants_of(query).front().kind == Grant::Kind::administration &&
         !has_leading_filter(query, dialect) && is_by_creation(query) && query.sort.size() <= 1;
}

/// When the last image of a walk was created; nothing if the list ends before.
std::optional<std::string> find_horizon(sql::Session& session, const model::ImageQuery& query,
                                        const ImageOrder& order) {
  if (!walks_through_all(query, session.dialect()) || query.limit > largest_page) return {};
  StatementText statement;
  statement << "SELECT " << order.key_columns() << " FROM " << all_images(session, query)
            << shown_condition(query);
  order.add_start(statement);
  statement << " " << order.order_by() << " LIMIT 1 OFFSET ";
  statement.bind(most_walked + most_walked_for_an_image * static_cast<std::int64_t>(query.limit));
  sql::Rows rows = session.query(statement.text(), order.key_types(), statement.values());
  if (!rows.next()) return {};
  return rows.text(0);
}

/// The way on when the first one ended without a full page.
Way last_way(sql::Session& session, const model::ImageQuery& query) {
  for (const std::int64_t most : most_sorted) {
    if (auto ids = find_narrow_filter(session, query, most)) return {.ids = std::move(ids)};
  }
  return {};
}

}  // namespace

Way first_way(sql::Session& session, const model::ImageQuery& query, const ImageOrder& order) {
  if (!has_indexed_filter(query, session.dialect())) return {};
  if (auto ids = find_narrow_filter(session, query, most_narrow)) return {.ids = std::move(ids)};
  return {.horizon = find_horizon(session, query, order)};
}

StatementText page_statement(sql::Session& session, const model::ImageQuery& query, const ImageOrder& order,
                             const Way& way) {
  const std::vector<StatementText> sources = sources_of(session, query, way);
  const bool sorts_parts = session.dialect().sorts_parts && sources.size() > 1;
  StatementText statement;
  std::string_view separator = sorts_parts ? "(" : "";
  for (const StatementText& source : sources) {
    statement << separator << "SELECT " << column_list() << ", " << order.key_columns() << " FROM " << source
              << " AND " << live_condition(query);
    add_filters(statement, query, session.dialect());
    order.add_start(statement);
    if (way.horizon) order.add_horizon(statement, *way.horizon);
    if (sorts_parts) add_end(statement, query, order);
    separator = sorts_parts ? ") UNION ALL (" : " UNION ALL ";
  }
  add_end(sorts_parts ? statement << ")" : statement, query, order);
  return statement;
}

std::vector<model::Image> read_page(sql::Session& session, const model::ImageQuery& query) {
  ImageOrder order(query.sort, session.dialect());
  if (query.marker) order.start_after(session, *query.marker, query.viewer);
  if (!can_match(query)) return {};
  const Way way = first_way(session, query, order);
  std::vector<model::Image> images = read_on(session, query, order, way);
  if (!way.horizon || images.size() == query.limit) return images;
  return read_on(session, query, order, last_way(session, query));
}

}  // namespace vitrine::catalog::images
