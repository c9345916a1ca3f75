#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::catalog::sql {

/// How a value travels between the program and the database. Flags travel as integers, times as text.
enum class Type { text, integer };

/// A value for a parameter of a statement, or the NULL of a type. Text is borrowed.
struct Value {
  Value(std::string_view value) : type(Type::text), text(value) {}
  Value(const std::string& value) : Value(std::string_view(value)) {}
  Value(const char* value) : Value(std::string_view(value)) {}
  template <std::integral Number>
  Value(Number value) : type(Type::integer), integer(static_cast<std::int64_t>(value)) {}
  Value(const std::optional<std::string>& value) : type(Type::text), is_null(!value) {
    if (value) text = *value;
  }
  template <std::integral Number>
  Value(const std::optional<Number>& value) : type(Type::integer), is_null(!value) {
    if (value) integer = static_cast<std::int64_t>(*value);
  }

  bool operator==(const Value&) const = default;

  Type type;
  bool is_null = false;
  std::string_view text;
  std::int64_t integer = 0;
};

}  // namespace vitrine::catalog::sql
