#include "catalog/tables/image_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/clock.h"

namespace vitrine::catalog::images {
namespace {

using model::Comparison;
using model::NumberColumn;
using model::TextColumn;
using model::TimeColumn;

struct TextRule {
  std::string_view name;
  std::string_view indexed;  ///< the expression that an index holds; empty: none does
  TextColumn column;
  bool has_foreign_index = false;  ///< the index is Glance's, and holds every row
};

constexpr TextRule text_rules[] = {
    {"id", "id", TextColumn::id, true},
    {"checksum", "checksum", TextColumn::checksum, true},
    {"os_hash_value", "os_hash_value", TextColumn::os_hash_value, true},
    {"name", "COALESCE(name, '')", TextColumn::name},
    {"owner", "owner", TextColumn::owner},
    {"status", "status", TextColumn::status},
    {"disk_format", "COALESCE(disk_format, '')", TextColumn::disk_format},
    {"container_format", "COALESCE(container_format, '')", TextColumn::container_format},
    {"os_hash_algo", "", TextColumn::os_hash_algo},
};

constexpr std::pair<NumberColumn, std::string_view> number_names[] = {
    {NumberColumn::size, "size"},
    {NumberColumn::virtual_size, "virtual_size"},
    {NumberColumn::min_disk, "min_disk"},
    {NumberColumn::min_ram, "min_ram"},
};

/// An image that was never changed shows its creation as its last change.
constexpr std::pair<TimeColumn, std::string_view> time_expressions[] = {
    {TimeColumn::created_at, "created_at"},
    {TimeColumn::updated_at, "COALESCE(updated_at, created_at)"},
};

constexpr std::pair<Comparison, std::string_view> operators[] = {
    {Comparison::equal, " = "},    {Comparison::not_equal, " <> "}, {Comparison::less, " < "},
    {Comparison::at_most, " <= "}, {Comparison::greater, " > "},    {Comparison::at_least, " >= "},
};

template <class Key, std::size_t count>
std::string_view named(const std::pair<Key, std::string_view> (&table)[count], Key key) {
  return std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.first == key; })
      ->second;
}

const TextRule& rule_of(TextColumn column) {
  return *std::find_if(std::begin(text_rules), std::end(text_rules),
                       [&](const TextRule& rule) { return rule.column == column; });
}

const model::TextFilter* find_filter(const model::ImageQuery& query, TextColumn column) {
  const auto found = std::find_if(query.texts.begin(), query.texts.end(),
                                  [&](const model::TextFilter& filter) { return filter.column == column; });
  return found == query.texts.end() ? nullptr : &*found;
}

/// "(:v0, :v1, …)": few lengths, so that few statements are prepared; unused places repeat a text.
void add_alternatives(StatementText& statement, const std::vector<std::string>& texts) {
  constexpr std::size_t lengths[] = {1, 8, 64, model::most_alternatives};
  const std::size_t length = *std::lower_bound(std::begin(lengths), std::end(lengths) - 1, texts.size());
  for (std::size_t i = 0; i < length; ++i) {
    statement << (i == 0 ? "(" : ", ");
    statement.bind(texts[std::min(i, texts.size() - 1)]);
  }
  statement << ")";
}

void add_text_filter(StatementText& statement, const model::TextFilter& filter) {
  statement << "NOT " << rule_of(filter.column).name << " NOT IN ";
  add_alternatives(statement, filter.any_of);
}

void add_time_filter(StatementText& statement, const model::TimeFilter& filter) {
  statement << named(time_expressions, filter.column) << named(operators, filter.comparison);
  statement.bind(to_sql_time(filter.value));
}

void add_tag(StatementText& statement, const std::string& tag) {
  statement << "value = ";
  statement.bind(tag) << " AND NOT deleted";
}

void add_property(StatementText& statement, const model::PropertyFilter& property) {
  statement << "name = ";
  statement.bind(property.name) << " AND value = ";
  statement.bind(property.value) << " AND NOT deleted";
}

/// The ids of images with a property, and perhaps of those whose value only begins like it.
void add_ids_by_property(StatementText& ids, const model::PropertyFilter& property,
                         const sql::Dialect& dialect) {
  ids << "SELECT image_id FROM image_properties WHERE ";
  if (!dialect.indexes_beginnings) {
    add_property(ids, property);
    return;
  }
  ids << "name = ";
  ids.bind(property.name) << " AND LEFT(value, 100) = LEFT(";
  // The order of the index: else PostgreSQL, which knows nothing of beginnings, may look up all of them
  // first.
  ids.bind(property.value) << ", 100) AND NOT deleted ORDER BY image_id";
}

/// The ids of the images that a filter on their own table lets through.
StatementText ids_where(const model::ImageQuery& query) {
  StatementText ids;
  ids << "SELECT id AS image_id FROM images WHERE " << live_condition(query) << " AND ";
  return ids;
}

bool holds_empty_text(const model::TextFilter& filter) {
  return std::find(filter.any_of.begin(), filter.any_of.end(), "") != filter.any_of.end();
}

/// Whether an index of ours finds what the filter lets through. One of bare columns misses, for the empty
/// text, those that have none.
bool is_in_own_index(const model::TextFilter& filter, const sql::Dialect& dialect) {
  return !rule_of(filter.column).indexed.empty() && !(dialect.has_simple_indexes && holds_empty_text(filter));
}

std::string_view indexed_expression(const TextRule& rule, const sql::Dialect& dialect) {
  return dialect.has_simple_indexes ? rule.name : rule.indexed;
}

/// Only shown images are in our own indexes. Names alone and owners are found in the list's order.
bool is_indexed(const model::TextFilter& filter, const model::ImageQuery& query,
                const sql::Dialect& dialect) {
  if (filter.column == TextColumn::owner) return false;
  if (filter.column == TextColumn::name && filter.any_of.size() == 1) return false;
  return rule_of(filter.column).has_foreign_index || (is_in_own_index(filter, dialect) && !query.is_hidden);
}

/// The ids of images by their last change.
void add_ids_by_change(StatementText& ids, const model::TimeFilter& filter, const sql::Dialect& dialect) {
  add_time_filter(ids, filter);
  if (dialect.guesses_expressions) ids << " ORDER BY " << named(time_expressions, filter.column);
  if (!dialect.has_simple_indexes) return;
  // Says nothing new, but is found in Glance's index.
  ids << " AND (updated_at IS NULL OR updated_at" << named(operators, filter.comparison);
  ids.bind(to_sql_time(filter.value)) << ")";
}

/// For each filter that an index answers, a query for the ids of the images that it lets through.
std::vector<StatementText> indexed_filters(const model::ImageQuery& query, const sql::Dialect& dialect) {
  std::vector<StatementText> filters;
  for (const model::PropertyFilter& property : query.properties) {
    add_ids_by_property(filters.emplace_back(), property, dialect);
  }
  for (const std::string& tag : query.tags) {
    StatementText& ids = filters.emplace_back();
    ids << "SELECT image_id FROM image_tags WHERE ";
    add_tag(ids, tag);
  }
  for (const model::TextFilter& filter : query.texts) {
    if (!is_indexed(filter, query, dialect)) continue;
    StatementText& ids = filters.emplace_back(ids_where(query));
    ids << indexed_expression(rule_of(filter.column), dialect) << " IN ";
    add_alternatives(ids, filter.any_of);
  }
  for (const model::TimeFilter& filter : query.times) {
    // What is sorted by its creation is found in its order.
    if (filter.column == TimeColumn::created_at || query.is_hidden) continue;
    add_ids_by_change(filters.emplace_back(ids_where(query)), filter, dialect);
  }
  return filters;
}

bool is_narrow(sql::Session& session, const StatementText& ids, std::int64_t most) {
  static constexpr sql::Type types[] = {sql::Type::integer};
  StatementText statement;
  statement << "SELECT 1 FROM (" << ids << ") AS found LIMIT 1 OFFSET ";
  statement.bind(most);
  sql::Rows rows = session.query(statement.text(), types, statement.values());
  return !rows.next();
}

const model::TextFilter* find_leading_filter(const model::ImageQuery& query, const sql::Dialect& dialect) {
  for (const TextColumn column : {TextColumn::name, TextColumn::owner}) {
    const model::TextFilter* filter = find_filter(query, column);
    if (filter && filter->any_of.size() == 1 && is_in_own_index(*filter, dialect)) return filter;
  }
  return nullptr;
}

/// Which index of images has the order of a key.
constexpr std::pair<model::SortKey, std::string_view> sorted_indexes[] = {
    {model::SortKey::created_at, "vitrine_images_created_at"},
    {model::SortKey::name, "vitrine_images_name"},
    {model::SortKey::status, "vitrine_images_status"},
    {model::SortKey::updated_at, "vitrine_images_updated_at"},
    {model::SortKey::size, "vitrine_images_size"},
    {model::SortKey::disk_format, "vitrine_images_disk_format"},
    {model::SortKey::container_format, "vitrine_images_container_format"},
    {model::SortKey::id, "PRIMARY"},
};

model::SortKey first_key(const model::ImageQuery& query) {
  return query.sort.empty() ? model::SortKey::created_at : query.sort.front().key;
}

std::string images_in(std::string_view index, sql::Session& session) {
  return session.has_to_force(index) ? fmt::format("images FORCE INDEX ({}) WHERE ", index) : "images WHERE ";
}

}  // namespace

std::string live_condition(const model::ImageQuery& query) {
  return fmt::format("{} AND status <> 'killed'", shown_condition(query));
}

// In the words of our own indexes: they hold live images alone, and shown and hidden ones apart.
std::string_view shown_condition(const model::ImageQuery& query) {
  return query.is_hidden ? "NOT deleted AND os_hidden" : "NOT deleted AND NOT os_hidden";
}

bool is_by_creation(const model::ImageQuery& query) {
  return first_key(query) == model::SortKey::created_at;
}

void add_filters(StatementText& statement, const model::ImageQuery& query, const sql::Dialect& dialect) {
  for (const model::TextFilter& filter : query.texts) add_text_filter(statement << " AND ", filter);
  for (const model::NumberFilter& filter : query.numbers) {
    statement << " AND " << named(number_names, filter.column) << named(operators, filter.comparison)
              << dialect.wide_begin;
    statement.bind(filter.value) << dialect.wide_end;
  }
  for (const model::TimeFilter& filter : query.times) add_time_filter(statement << " AND ", filter);
  if (query.is_protected) statement << (*query.is_protected ? " AND protected" : " AND NOT protected");
  for (const model::PropertyFilter& property : query.properties) {
    statement << " AND EXISTS (SELECT 1 FROM image_properties WHERE image_id = images.id AND ";
    add_property(statement, property);
    statement << dialect.one_by_one << ")";
  }
  for (const std::string& tag : query.tags) {
    statement << " AND EXISTS (SELECT 1 FROM image_tags WHERE image_id = images.id AND ";
    add_tag(statement, tag);
    statement << dialect.one_by_one << ")";
  }
}

bool has_indexed_filter(const model::ImageQuery& query, const sql::Dialect& dialect) {
  return !indexed_filters(query, dialect).empty();
}

std::optional<StatementText> find_narrow_filter(sql::Session& session, const model::ImageQuery& query,
                                                std::int64_t most) {
  for (StatementText& ids : indexed_filters(query, session.dialect())) {
    if (!is_narrow(session, ids, most)) continue;
    if (session.dialect().guesses_expressions) (ids << " LIMIT ").bind(most);  // so that it need not guess
    return std::move(ids);
  }
  return {};
}

void add_preference_for_live(StatementText& statement, const model::ImageQuery& query) {
  if (!is_by_creation(query)) statement << " AND created_at >= '1000-01-01 00:00:00'";
}

std::string images_by(std::string_view index, sql::Session& session, const model::ImageQuery& query) {
  return is_by_creation(query) ? images_in(index, session) : "images WHERE ";
}

std::string all_images(sql::Session& session, const model::ImageQuery& query) {
  return images_in(named(sorted_indexes, first_key(query)), session);
}

bool has_leading_filter(const model::ImageQuery& query, const sql::Dialect& dialect) {
  return find_leading_filter(query, dialect) != nullptr;
}

bool add_leading_filter(StatementText& statement, const model::ImageQuery& query, sql::Session& session) {
  const model::TextFilter* filter = find_leading_filter(query, session.dialect());
  if (!filter) return false;
  const std::string_view index =
      filter->column == TextColumn::name ? "vitrine_images_name" : "vitrine_images_owner";
  statement << images_by(index, session, query)
            << indexed_expression(rule_of(filter->column), session.dialect()) << " = ";
  statement.bind(filter->any_of.front());
  add_preference_for_live(statement, query);
  return true;
}

}  // namespace vitrine::catalog::images
