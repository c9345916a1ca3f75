#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/sql/value.h"

namespace vitrine::catalog {

/// The text of a statement and the values of its parameters, written together from left to right, so that
/// each value stands at its place.
class StatementText {
 public:
  StatementText& operator<<(std::string_view text);
  /// Writes what was written elsewhere, with its values.
  StatementText& operator<<(const StatementText& part);
  /// Writes a parameter.
  StatementText& bind(std::string value);
  StatementText& bind(std::int64_t value);

  std::string text() const;
  /// In the order of the parameters; borrowed from this.
  std::vector<sql::Value> values() const;

 private:
  std::vector<std::string> pieces_{""};  ///< of text: before, between and behind the parameters
  std::vector<std::variant<std::string, std::int64_t>> values_;
};

}  // namespace vitrine::catalog
