#include "api/list_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "api/iso_time.h"
#include "api/refusal.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

using model::Comparison;
using model::ImageQuery;
using model::NumberColumn;
using model::TextColumn;
using model::TimeColumn;

/// An operator and what is behind it.
struct Expression {
  std::string_view comparison;
  std::string_view value;
};

/// `value` or `operator:value`. A time has colons of its own.
Expression split_operator(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || parse_iso_time(text)) return {"eq", text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

void read_visibility(std::string_view value, ImageQuery& query) {
  if (value.empty()) {
    query.matches_nothing = true;
  } else if (value == "all") {
    query.with_community = true;
  } else if (!(query.visibility = model::parse_visibility(value))) {
    refuse(fmt::format("visibility '{}' is none of public, private, shared, community and all.", value));
  }
}

void read_member_status(std::string_view value, ImageQuery& query) {
  query.member_status = model::parse_member_status(value);
  if (!query.member_status && value != "all") {
    refuse(fmt::format("member_status '{}' is none of pending, accepted, rejected and all.", value));
  }
}

void read_hidden(std::string_view value, ImageQuery& query) {
  query.is_hidden = equals_ignoring_case(value, "true");
  if (!query.is_hidden && !equals_ignoring_case(value, "false")) {
    refuse(fmt::format("os_hidden '{}' is neither true nor false.", value));
  }
}

void read_protected(std::string_view value, ImageQuery& query) {
  query.is_protected = value == "true";
  if (!*query.is_protected && value != "false") {
    refuse(fmt::format("protected '{}' is neither true nor false.", value));
  }
}

void read_changes_since(std::string_view value, ImageQuery&) {
  if (!value.empty()) refuse("There is no filter changes-since any more. Use updated_at=gte:… instead.");
}

/// Paging and sorting are read elsewhere, deleted images are never listed.
void ignore(std::string_view, ImageQuery&) {}

struct NamedReader {
  std::string_view name;
  void (*read)(std::string_view value, ImageQuery& query);
};

constexpr NamedReader readers[] = {
    {"visibility", read_visibility},
    {"member_status", read_member_status},
    {"os_hidden", read_hidden},
    {"protected", read_protected},
    {"deleted", ignore},
    {"changes-since", read_changes_since},
    {"limit", ignore},
    {"marker", ignore},
    {"sort", ignore},
    {"sort_key", ignore},
    {"sort_dir", ignore},
};

struct TextName {
  std::string_view name;
  TextColumn column;
  bool has_operators;
};

constexpr TextName texts[] = {
    {"name", TextColumn::name, true},
    {"id", TextColumn::id, true},
    {"status", TextColumn::status, true},
    {"container_format", TextColumn::container_format, true},
    {"disk_format", TextColumn::disk_format, true},
    {"owner", TextColumn::owner, false},
    {"checksum", TextColumn::checksum, false},
    {"os_hash_algo", TextColumn::os_hash_algo, false},
    {"os_hash_value", TextColumn::os_hash_value, false},
};

struct NumberName {
  std::string_view name;
  NumberColumn column;
};

constexpr NumberName numbers[] = {
    {"size", NumberColumn::size},
    {"virtual_size", NumberColumn::virtual_size},
    {"min_disk", NumberColumn::min_disk},
    {"min_ram", NumberColumn::min_ram},
};

struct TimeName {
  std::string_view name;
  TimeColumn column;
};

constexpr TimeName times[] = {
    {"created_at", TimeColumn::created_at},
    {"updated_at", TimeColumn::updated_at},
};

struct ComparisonName {
  std::string_view name;
  Comparison comparison;
};

constexpr ComparisonName comparisons[] = {
    {"eq", Comparison::equal},    {"neq", Comparison::not_equal}, {"lt", Comparison::less},
    {"lte", Comparison::at_most}, {"gt", Comparison::greater},    {"gte", Comparison::at_least},
};

/// The row of that name; null if there is none.
template <class Row, std::size_t count>
const Row* find_named(const Row (&table)[count], std::string_view name) {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [&](const Row& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : found;
}

void read_text(const TextName& text, std::string_view value, ImageQuery& query) {
  const Expression expression = text.has_operators ? split_operator(value) : Expression{"eq", value};
  if (expression.comparison == "in") {
    query.texts.push_back({text.column, split_alternatives(expression.value)});
    if (query.texts.back().any_of.empty()) query.matches_nothing = true;
  } else if (expression.comparison == "eq") {
    query.texts.push_back({text.column, {std::string(expression.value)}});
  } else {
    refuse(fmt::format("{} cannot be filtered by '{}'. Use in: or eq:, and eq: for values with a colon.",
                       text.name, expression.comparison));
  }
}

void read_time(const TimeName& name, std::string_view value, ImageQuery& query) {
  const Expression expression = split_operator(value);
  const ComparisonName* comparison = find_named(comparisons, expression.comparison);
  if (!comparison) {
    refuse(fmt::format("{} cannot be filtered by '{}'. Use eq, neq, lt, lte, gt or gte.", name.name,
                       expression.comparison));
  }
  const auto time = parse_iso_time(expression.value);
  if (!time) refuse(fmt::format("{} '{}' is no time as ISO 8601 writes it.", name.name, expression.value));
  query.times.push_back({name.column, comparison->comparison, *time});
}

void read_number(const NumberName& name, std::string_view value, ImageQuery& query) {
  if (const auto number = parse_integer(trim(value))) {
    query.numbers.push_back({name.column, Comparison::equal, *number});
  } else {
    query.matches_nothing = true;
  }
}

/// `<column>_min` and `<column>_max`. False if the name has another form.
bool read_bound(std::string_view name, std::string_view value, ImageQuery& query) {
  if (!name.ends_with("_min") && !name.ends_with("_max")) return false;
  const NumberName* column = find_named(numbers, name.substr(0, name.size() - 4));
  if (!column) {
    refuse(fmt::format("There is no bound {}; there are bounds for size, virtual_size, min_disk and min_ram.",
                       name));
  }
  const auto number = parse_integer(trim(value));
  if (!number) refuse(fmt::format("{} '{}' is no whole number.", name, value));
  query.numbers.push_back(
      {column->column, name.ends_with("_min") ? Comparison::at_least : Comparison::at_most, *number});
  return true;
}

void read_filter(std::string_view name, std::string_view value, ImageQuery& query) {
  if (const NamedReader* reader = find_named(readers, name)) {
    reader->read(value, query);
  } else if (const TextName* text = find_named(texts, name)) {
    read_text(*text, value, query);
  } else if (const NumberName* number = find_named(numbers, name)) {
    read_number(*number, value, query);
  } else if (const TimeName* time = find_named(times, name)) {
    read_time(*time, value, query);
  } else if (!read_bound(name, value, query)) {
    query.properties.push_back({std::string(name), std::string(value)});
  }
}

void require_bounded(const ImageQuery& query) {
  if (query.tags.size() + query.properties.size() > model::most_filters) {
    refuse(fmt::format("A list is filtered by at most {} tags and properties.", model::most_filters));
  }
  for (const model::TextFilter& filter : query.texts) {
    if (filter.any_of.size() > model::most_alternatives) {
      refuse(fmt::format("in: takes at most {} values.", model::most_alternatives));
    }
  }
}

/// Whether the character is a quotation mark that counts.
bool is_quote(std::string_view text, std::size_t at) {
  return text[at] == '"' && (at == 0 || text[at - 1] != '\\');
}

std::size_t find_quote(std::string_view text, std::size_t from) {
  while (from < text.size() && !is_quote(text, from)) ++from;
  return from;
}

/// The quoted text that begins at the mark at `at`, which goes behind it.
std::string take_quoted(std::string_view text, std::size_t& at) {
  const std::size_t begin = at + 1;
  const std::size_t end = find_quote(text, begin);
  if (end == text.size()) refuse(fmt::format("A quotation mark in '{}' is not closed.", text));
  at = end + 1;
  if (at < text.size() && text[at] != ',') {
    refuse(fmt::format("A closing quotation mark in '{}' is not followed by a comma.", text));
  }
  return std::string(text.substr(begin, end - begin));
}

std::string take_plain(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  at = std::min(text.find(',', begin), text.size());
  if (find_quote(text, begin) < at) {
    refuse(fmt::format("An opening quotation mark in '{}' does not follow a comma.", text));
  }
  return std::string(text.substr(begin, at - begin));
}

}  // namespace

/// As in Glance, a comma at the end adds no empty text, and a backslash stays before the mark that it guards.
std::vector<std::string> split_alternatives(std::string_view text) {
  std::vector<std::string> alternatives;
  std::size_t at = 0;
  while (at < text.size()) {
    alternatives.push_back(is_quote(text, at) ? take_quoted(text, at) : take_plain(text, at));
    ++at;  // behind the comma
  }
  return alternatives;
}

void read_filters(const Parameters& parameters, ImageQuery& query) {
  std::map<std::string_view, std::string_view> last_values;
  for (const auto& [name, value] : parameters) {
    if (name == "tag" || name == "tags") {
      query.tags.emplace_back(trim(value));
    } else {
      last_values[name] = value;
    }
  }
  for (const auto& [name, value] : last_values) read_filter(name, value, query);
  require_bounded(query);
}

}  // namespace vitrine::api
