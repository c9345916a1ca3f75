#include "config/value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace vitrine::config {
namespace {

template <class Number>
bool is_within(const Declaration& declaration, Number number) {
  return (!declaration.min || number >= *declaration.min) && (!declaration.max || number <= *declaration.max);
}

std::string_view without_plus(std::string_view text) {
  return text.size() > 1 && text[0] == '+' && text[1] != '-' ? text.substr(1) : text;
}

std::optional<Value> parse_boolean(std::string_view text) {
  const std::string word = to_lower(text);
  for (const std::string_view yes : {"true", "1", "on", "yes"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "off", "no"}) {
    if (word == no) return false;
  }
  return {};
}

std::optional<std::int64_t> parse_whole_number(const Declaration& declaration, std::string_view text) {
  const auto number = parse_integer(without_plus(text));
  return number && is_within(declaration, *number) ? number : std::nullopt;
}

std::optional<double> parse_real_number(const Declaration& declaration, std::string_view text) {
  text = without_plus(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return {};
  if (!is_within(declaration, number)) return {};
  return number;
}

/// RFC 1123 §2.1, with RFC 1035's limits on length. A name of digits and dots alone would be a broken IPv4
/// address.
bool is_host_name(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty() || name.size() > 253) return false;
  if (name.find_first_not_of("0123456789.") == std::string_view::npos) return false;
  const auto is_letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (const std::string& label : split(name, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      if (c != '-' && !is_letter_or_digit(c)) return false;
    }
  }
  return true;
}

bool is_host(std::string_view text) {
  const std::string address(text);
  in6_addr binary{};  // large enough for both families
  return inet_pton(AF_INET, address.c_str(), &binary) == 1 ||
         inet_pton(AF_INET6, address.c_str(), &binary) == 1 || is_host_name(text);
}

bool is_choice(const Declaration& declaration, std::string_view text) {
  const std::vector<std::string> choices = split(declaration.choices, ',');
  return std::any_of(choices.begin(), choices.end(), [&](const std::string& choice) {
    return declaration.any_case ? equals_ignoring_case(choice, text) : choice == text;
  });
}

bool is_accepted_text(const Declaration& declaration, std::string_view text) {
  if (!declaration.choices.empty() && !is_choice(declaration, text)) return false;
  return !declaration.is_host || is_host(text);
}

std::optional<std::string> parse_item(const Declaration& declaration, std::string_view text) {
  if (declaration.min || declaration.max) {
    if (!parse_whole_number(declaration, text)) return {};
  }
  const bool is_quoted =
      declaration.needs_brackets && !text.empty() && (text.front() == '"' || text.front() == '\'');
  if (is_quoted) {
    if (text.size() == 1 || text.back() != text.front()) return {};
    text = text.substr(1, text.size() - 2);
  }
  if (!is_accepted_text(declaration, text)) return {};
  return std::string(text);
}

std::string_view without_trailing_commas(std::string_view text) {
  const auto last = text.find_last_not_of(", \t\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// An item that is not accepted is tried again together with what follows its comma, so that quotes may hold
/// commas.
std::optional<TextList> parse_items(const Declaration& declaration, std::string_view text) {
  TextList items;
  text = without_trailing_commas(text);
  while (!text.empty()) {
    std::optional<std::string> item;
    std::size_t end = 0;
    while (!item) {
      end = std::min(text.find(',', end), text.size());
      item = parse_item(declaration, trim(text.substr(0, end)));
      if (!item && end == text.size()) return {};
      ++end;
    }
    items.push_back(std::move(*item));
    text = text.substr(std::min(end, text.size()));
  }
  return items;
}

std::optional<Value> parse_list(const Declaration& declaration, std::string_view text) {
  if (declaration.needs_brackets) {
    text = without_trailing_commas(text);
    if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
    text = text.substr(1, text.size() - 2);
  }
  if (auto items = parse_items(declaration, text)) return std::move(*items);
  return {};
}

std::optional<Value> parse_map(std::string_view text) {
  TextMap map;
  if (text.empty()) return map;
  for (const std::string& pair : split(text, ',')) {
    const auto colon = pair.find(':');
    if (colon == std::string::npos) return {};
    const std::string_view key = trim(std::string_view(pair).substr(0, colon));
    const bool is_repeated =
        std::any_of(map.begin(), map.end(), [&](const auto& entry) { return entry.first == key; });
    if (key.empty() || is_repeated) return {};
    map.emplace_back(key, trim(std::string_view(pair).substr(colon + 1)));
  }
  return map;
}

}  // namespace

std::optional<Value> parse_value(const Declaration& declaration, std::string_view text) {
  const std::string_view trimmed = trim(text);
  switch (declaration.type) {
    case Type::boolean:
      return parse_boolean(trimmed);
    case Type::integer:
      if (trimmed.empty()) return Value{};
      if (const auto number = parse_whole_number(declaration, trimmed)) return *number;
      return {};
    case Type::number:
      if (trimmed.empty()) return Value{};
      if (const auto number = parse_real_number(declaration, trimmed)) return *number;
      return {};
    case Type::text:
      if (!is_accepted_text(declaration, text)) return {};
      return std::string(text);
    case Type::list:
      return parse_list(declaration, trimmed);
    case Type::map:
      return parse_map(trimmed);
    case Type::multi:
      return MultiText{{std::string(text)}};
  }
  return {};
}

}  // namespace vitrine::config
