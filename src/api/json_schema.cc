#include "api/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <exception>
#include <regex>
#include <utility>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;
using Adapter = valijson::adapters::BoostJsonAdapter;

std::string describe(valijson::ValidationResults& results) {
  valijson::ValidationResults::Error error;
  std::string text;
  while (results.popError(error)) {
    if (!text.empty()) text += "; ";
    for (const std::string& step : error.context) text += step == "<root>" ? std::string() : step;
    text += ": " + error.description;
  }
  return text;
}

/// The standard library's regular expressions need stack for each character of a text.
constexpr std::size_t longest_matched = 4096;

/// Calls `see` for the texts of all members called `pattern`, however deep.
void for_each_pattern(const json::value& schema, const std::function<void(const json::string&)>& see) {
  if (const json::array* array = schema.if_array()) {
    for (const json::value& element : *array) for_each_pattern(element, see);
  } else if (const json::object* object = schema.if_object()) {
    for (const json::key_value_pair& member : *object) {
      if (member.key() == "pattern" && member.value().is_string()) see(member.value().get_string());
      for_each_pattern(member.value(), see);
    }
  }
}

bool has_pattern(const json::value& schema) {
  bool result = false;
  for_each_pattern(schema, [&](const json::string&) { result = true; });
  return result;
}

/// The schema's library finds out about a wrong pattern only when it uses it.
void require_patterns(const json::value& schema) {
  for_each_pattern(
      schema, [](const json::string& pattern) { const std::regex compiled(pattern.begin(), pattern.end()); });
}

std::size_t longest_text(const json::value& value) {
  std::size_t longest = value.is_string() ? value.get_string().size() : 0;
  if (const json::array* array = value.if_array()) {
    for (const json::value& element : *array) longest = std::max(longest, longest_text(element));
  } else if (const json::object* object = value.if_object()) {
    for (const json::key_value_pair& member : *object) {
      longest = std::max({longest, member.key().size(), longest_text(member.value())});
    }
  }
  return longest;
}

}  // namespace

struct JsonSchema::Compiled {
  valijson::Schema schema;
};

JsonSchema::JsonSchema(const json::object& document) : compiled_(std::make_unique<Compiled>()) {
  const json::value schema = document;
  try {
    require_patterns(schema);
    valijson::SchemaParser parser;
    parser.populateSchema(Adapter(schema), compiled_->schema);
  } catch (const std::exception& fault) {
    throw Error(ErrorCode::configuration, fmt::format("This is no JSON schema: {}", fault.what()));
  }
  for (const json::key_value_pair& property : document.at("properties").as_object()) {
    if (has_pattern(property.value())) matched_.emplace(property.key());
  }
}

JsonSchema::~JsonSchema() = default;

void JsonSchema::require_valid(const json::object& object, std::string_view name) const {
  for (const json::key_value_pair& member : object) {
    if (matched_.contains(std::string_view(member.key())) && longest_text(member.value()) > longest_matched) {
      throw Error(ErrorCode::invalid, fmt::format("{} may have {} bytes at most.",
                                                  std::string_view(member.key()), longest_matched));
    }
  }
  const json::value document = object;
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(compiled_->schema, Adapter(document), &results)) return;
  throw Error(ErrorCode::invalid, fmt::format("The {0} does not fit its schema (GET /v2/schemas/{0}): {1}",
                                              name, describe(results)));
}

json::value with_whole_numbers(json::value value) {
  if (value.is_double()) {
    constexpr double exactly_held = 9007199254740992.0;  // 2^53
    const double number = value.get_double();
    if (std::trunc(number) == number && std::abs(number) <= exactly_held)
      return static_cast<std::int64_t>(number);
  } else if (value.is_array()) {
    for (json::value& element : value.get_array()) element = with_whole_numbers(std::move(element));
  } else if (value.is_object()) {
    for (json::key_value_pair& member : value.get_object())
      member.value() = with_whole_numbers(std::move(member.value()));
  }
  return value;
}

}  // namespace vitrine::api
