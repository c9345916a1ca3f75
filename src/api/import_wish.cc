#include "api/import_wish.h"

#include <fmt/format.h>

#include <string_view>

#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

Error invalid(std::string_view key, std::string_view kind) {
  return {ErrorCode::invalid, fmt::format("'{}' must be {}.", key, kind)};
}

std::optional<std::string> text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string()) throw invalid(key, "a text");
  return std::string(value->get_string());
}

bool flag(const json::object& object, std::string_view key, bool fallback) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return fallback;
  if (!value->is_bool()) throw invalid(key, "true or false");
  return value->get_bool();
}

std::optional<std::vector<std::string>> texts(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_array()) throw invalid(key, "a list of texts");
  std::vector<std::string> result;
  for (const json::value& element : value->get_array()) {
    if (!element.is_string()) throw invalid(key, "a list of texts");
    result.emplace_back(element.get_string());
  }
  return result;
}

}  // namespace

imports::ImportWish parse_import_wish(const json::value& body) {
  if (!body.is_object()) throw Error(ErrorCode::invalid, "The body must be a JSON object.");
  const json::object& document = body.get_object();
  const json::value* method = document.if_contains("method");
  if (method == nullptr) throw Error(ErrorCode::invalid, "'method' is missing: it says how to import.");
  if (!method->is_object()) throw invalid("method", "an object");
  const json::object& how = method->get_object();
  imports::ImportWish wish;
  const std::optional<std::string> name = text(how, "name");
  if (!name) throw Error(ErrorCode::invalid, "'method' has no 'name'.");
  wish.method = *name;
  wish.uri = text(how, "uri");
  wish.os_hash_algo = text(how, "os_hash_algo");
  wish.os_hash_value = text(how, "os_hash_value");
  wish.glance_region = text(how, "glance_region");
  wish.glance_image_id = text(how, "glance_image_id");
  wish.glance_service_interface = text(how, "glance_service_interface");
  wish.stores = texts(document, "stores");
  wish.all_stores = flag(document, "all_stores", false);
  wish.all_stores_must_succeed = flag(document, "all_stores_must_succeed", true);
  wish.document = document;
  return wish;
}

}  // namespace vitrine::api
