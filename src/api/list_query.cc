#include "api/list_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "api/list_filters.h"
#include "api/paging.h"
#include "api/refusal.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

using model::Sort;
using model::SortKey;
using model::SortOrder;

constexpr std::array<std::pair<std::string_view, SortKey>, 8> sort_keys{{
    {"name", SortKey::name},
    {"status", SortKey::status},
    {"container_format", SortKey::container_format},
    {"disk_format", SortKey::disk_format},
    {"size", SortKey::size},
    {"id", SortKey::id},
    {"created_at", SortKey::created_at},
    {"updated_at", SortKey::updated_at},
}};

SortKey sort_key_named(std::string_view name) {
  for (const auto& [known, key] : sort_keys) {
    if (known == name) return key;
  }
  refuse(
      fmt::format("Cannot sort by '{}'. Use name, status, container_format, disk_format, size, id, "
                  "created_at or updated_at.",
                  name));
}

SortOrder sort_order_named(std::string_view name) {
  if (name == "asc") return SortOrder::ascending;
  if (name == "desc") return SortOrder::descending;
  refuse(fmt::format("Sort direction '{}' is neither asc nor desc.", name));
}

std::vector<std::string_view> all_values(const Parameters& parameters, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : parameters) {
    if (key == name) values.push_back(trim(value));
  }
  return values;
}

/// `sort=key[:dir],…`
std::vector<Sort> combined_sort(std::string_view text) {
  std::vector<Sort> sort;
  for (const std::string& element : split(text, ',')) {
    const std::string_view whole = element;
    const auto colon = std::min(whole.find(':'), whole.size());
    const bool has_direction = colon + 1 < whole.size();
    sort.push_back({sort_key_named(trim(whole.substr(0, colon))),
                    sort_order_named(has_direction ? trim(whole.substr(colon + 1)) : "desc")});
  }
  return sort;
}

/// `sort_key=…&sort_dir=…`, each repeatable; one direction counts for all keys.
std::vector<Sort> classic_sort(const Parameters& parameters) {
  std::vector<std::string_view> keys = all_values(parameters, "sort_key");
  const std::vector<std::string_view> directions = all_values(parameters, "sort_dir");
  if (keys.empty()) keys.emplace_back("created_at");
  if (directions.size() > 1 && directions.size() != keys.size()) {
    refuse("Give one sort_dir, or as many as there are sort_key parameters.");
  }
  std::vector<Sort> sort;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string_view direction =
        directions.empty() ? "desc" : directions[directions.size() == 1 ? 0 : i];
    sort.push_back({sort_key_named(keys[i]), sort_order_named(direction)});
  }
  // With one direction for several keys Glance breaks ties by that direction, too.
  if (keys.size() > 1 && directions.size() == 1) {
    for (const SortKey key : {SortKey::created_at, SortKey::id}) {
      sort.push_back({key, sort_order_named(directions[0])});
    }
  }
  return sort;
}

std::vector<Sort> parse_sort(const Parameters& parameters) {
  const auto combined = last_value(parameters, "sort");
  if (!combined) return classic_sort(parameters);
  if (first_value(parameters, "sort_key") || first_value(parameters, "sort_dir")) {
    refuse("sort cannot stand together with sort_key or sort_dir.");
  }
  return combined_sort(*combined);
}

}  // namespace

model::ImageQuery parse_list_query(const Parameters& parameters, const ApiSettings& settings) {
  model::ImageQuery query;
  query.limit = page_limit(parameters, settings);
  query.sort = parse_sort(parameters);
  if (const auto marker = last_value(parameters, "marker")) query.marker = std::string(*marker);
  read_filters(parameters, query);
  return query;
}

}  // namespace vitrine::api
