#include "api/list_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

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

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid, message);
}

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

std::vector<std::string> all_values(const Parameters& parameters, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters) {
    if (key == name) values.push_back(value);
  }
  return values;
}

/// `sort=key[:dir],…`
std::vector<Sort> combined_sort(std::string_view text) {
  std::vector<Sort> sort;
  for (const std::string& element : split(text, ',')) {
    const auto colon = element.find(':');
    const std::string_view whole = element;
    const std::string_view direction = colon == std::string::npos ? "desc" : trim(whole.substr(colon + 1));
    sort.push_back({sort_key_named(trim(whole.substr(0, colon))), sort_order_named(direction)});
  }
  return sort;
}

/// `sort_key=…&sort_dir=…`, each repeatable; one direction counts for all keys.
std::vector<Sort> classic_sort(const Parameters& parameters) {
  std::vector<std::string> keys = all_values(parameters, "sort_key");
  const std::vector<std::string> directions = all_values(parameters, "sort_dir");
  if (keys.empty()) keys.emplace_back("created_at");
  if (directions.size() > 1 && directions.size() != keys.size()) {
    refuse("Give one sort_dir, or as many as there are sort_key parameters.");
  }
  std::vector<Sort> sort;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string_view direction =
        directions.empty() ? "desc" : std::string_view(directions[directions.size() == 1 ? 0 : i]);
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
  const auto combined = first_value(parameters, "sort");
  if (!combined) return classic_sort(parameters);
  if (first_value(parameters, "sort_key") || first_value(parameters, "sort_dir")) {
    refuse("sort cannot stand together with sort_key or sort_dir.");
  }
  return combined_sort(*combined);
}

std::uint64_t parse_limit(const Parameters& parameters, const ApiSettings& settings) {
  const auto text = first_value(parameters, "limit");
  if (!text) return std::min(settings.page_size, settings.max_page_size);
  const auto limit = parse_unsigned(*text);
  if (!limit) refuse(fmt::format("limit '{}' is not a number of 0 or more.", *text));
  return std::min(*limit, settings.max_page_size);
}

bool parse_hidden(std::string_view text) {
  if (equals_ignoring_case(text, "true")) return true;
  if (equals_ignoring_case(text, "false")) return false;
  refuse(fmt::format("os_hidden '{}' is neither true nor false.", text));
}

/// A filter that is not understood must not silently show everything.
void refuse_unknown_filters(const Parameters& parameters) {
  constexpr std::array understood{"limit", "marker", "sort", "sort_key", "sort_dir", "os_hidden", "name"};
  for (const auto& [name, value] : parameters) {
    if (std::find(understood.begin(), understood.end(), name) == understood.end()) {
      refuse(fmt::format("This version cannot filter images by '{}'.", name));
    }
  }
}

}  // namespace

model::ImageQuery parse_list_query(const Parameters& parameters, const ApiSettings& settings) {
  refuse_unknown_filters(parameters);
  model::ImageQuery query;
  query.limit = parse_limit(parameters, settings);
  query.sort = parse_sort(parameters);
  if (const auto marker = first_value(parameters, "marker")) query.marker = std::string(*marker);
  if (const auto hidden = first_value(parameters, "os_hidden")) query.is_hidden = parse_hidden(*hidden);
  if (const auto name = first_value(parameters, "name")) query.name = std::string(*name);
  return query;
}

std::string page_link(const Parameters& parameters, std::string_view marker) {
  std::string query;
  const auto append = [&](std::string_view name, std::string_view value) {
    query += query.empty() ? '?' : '&';
    query += form_encode(name) + '=' + form_encode(value);
  };
  for (const auto& [name, value] : parameters) {
    if (name != "marker") append(name, value);
  }
  if (!marker.empty()) append("marker", marker);
  return "/v2/images" + query;
}

}  // namespace vitrine::api
