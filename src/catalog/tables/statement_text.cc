#include "catalog/tables/statement_text.h"

#include <fmt/format.h>

#include <utility>

namespace vitrine::catalog {

StatementText& StatementText::operator<<(std::string_view text) {
  pieces_.back() += text;
  return *this;
}

StatementText& StatementText::operator<<(const StatementText& part) {
  pieces_.back() += part.pieces_.front();
  pieces_.insert(pieces_.end(), part.pieces_.begin() + 1, part.pieces_.end());
  values_.insert(values_.end(), part.values_.begin(), part.values_.end());
  return *this;
}

StatementText& StatementText::bind(std::string value) {
  values_.emplace_back(std::move(value));
  pieces_.emplace_back();
  return *this;
}

StatementText& StatementText::bind(std::int64_t value) {
  values_.emplace_back(value);
  pieces_.emplace_back();
  return *this;
}

std::string StatementText::text() const {
  std::string text = pieces_.front();
  for (std::size_t i = 1; i < pieces_.size(); ++i) text += fmt::format(":v{}{}", i, pieces_[i]);
  return text;
}

std::vector<sql::Value> StatementText::values() const {
  std::vector<sql::Value> values;
  for (const auto& value : values_) {
    std::visit([&](const auto& typed) { values.emplace_back(typed); }, value);
  }
  return values;
}

}  // namespace vitrine::catalog
