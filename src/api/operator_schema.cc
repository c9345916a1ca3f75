#include "api/operator_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/image_document.h"
#include "api/json_schema.h"
#include "api/json_text.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

constexpr std::string_view file_name = "schema-image.json";

[[noreturn]] void refuse_file(const std::string& message) {
  throw Error(ErrorCode::configuration, message);
}

bool are_schemas(const json::object& properties) {
  return std::all_of(properties.begin(), properties.end(),
                     [](const auto& property) { return property.value().is_object(); });
}

/// A custom property may itself be called `properties`, so the whole shape counts.
bool is_extended(const json::object& document) {
  const json::value* properties = document.if_contains("properties");
  return properties && properties->is_object() && are_schemas(properties->get_object()) &&
         std::all_of(document.begin(), document.end(), [](const auto& member) {
           return member.key() == "properties" || (member.key() == "required" && member.value().is_array());
         });
}

std::vector<std::string> required_names(const json::object& document, const json::object& properties) {
  std::vector<std::string> names;
  const json::value* required = document.if_contains("required");
  if (required == nullptr) return names;
  for (const json::value& name : required->as_array()) {
    if (!name.is_string() || !properties.contains(name.get_string())) {
      refuse_file(fmt::format("'required' holds {}, which is the name of none of its properties.",
                              to_json_text(name)));
    }
    names.emplace_back(name.get_string());
  }
  return names;
}

void require_custom(const json::object& properties) {
  for (const json::key_value_pair& property : properties) {
    const std::string_view name = property.key();
    if (rule_of_key(name) != KeyRule::custom) {
      refuse_file(fmt::format("'{}' is no name for a custom property: it belongs to the service.", name));
    }
    if (!property.value().is_object())
      refuse_file(fmt::format("The schema of '{}' is no JSON object.", name));
  }
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) refuse_file("The file cannot be read.");
  return text;
}

}  // namespace

OperatorSchema parse_operator_schema(std::string_view text) {
  json::value document;
  try {
    document = parse_json(text);
  } catch (const Error&) {
    refuse_file("The file is not valid JSON.");
  }
  if (!document.is_object()) refuse_file("The file must hold one JSON object.");
  const json::object& whole = document.get_object();
  OperatorSchema schema;
  schema.properties = is_extended(whole) ? whole.at("properties").as_object() : whole;
  require_custom(schema.properties);
  if (is_extended(whole)) schema.required = required_names(whole, schema.properties);
  const JsonSchema compiled({{"properties", schema.properties}});  // throws if it is none
  for (json::key_value_pair& property : schema.properties) property.value().as_object()["is_base"] = false;
  return schema;
}

OperatorSchema read_operator_schema(const config::Config& config) {
  const auto path = config.find_file(file_name);
  if (!path) return {};
  try {
    return parse_operator_schema(text_of(*path));
  } catch (const Error& error) {
    refuse_file(fmt::format("{}: {}", path->string(), error.what()));
  }
}

std::vector<config::Finding> check_operator_schema(const config::Config& config) {
  const auto path = config.find_file(file_name);
  if (!path) return {};
  try {
    parse_operator_schema(text_of(*path));
    return {};
  } catch (const Error& error) {
    return {{.file = path->string(), .message = error.what()}};
  }
}

}  // namespace vitrine::api
