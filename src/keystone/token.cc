#include "keystone/token.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "keystone/answer.h"

namespace vitrine::keystone {
namespace {

namespace json = boost::json;

Named named(const json::object& object) {
  Named result{.id = text_at(object, "id"), .name = optional_text_at(object, "name")};
  if (const auto* domain = optional_object_at(object, "domain")) {
    result.domain_id = optional_text_at(*domain, "id");
    result.domain_name = optional_text_at(*domain, "name");
  }
  return result;
}

std::optional<Named> optional_named(const json::object& token, std::string_view name) {
  const auto* object = optional_object_at(token, name);
  if (object == nullptr) return {};
  return named(*object);
}

const json::object& as_object(const json::value& value, std::string_view what) {
  const auto* object = value.if_object();
  if (object == nullptr) throw not_understood(what);
  return *object;
}

/// One text of each object of a list; empty if there is no list.
std::vector<std::string> texts_of(const json::array* list, std::string_view name) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const json::value& each : *list) texts.push_back(text_at(as_object(each, name), name));
  return texts;
}

std::vector<std::string> audit_ids(const json::object& token) {
  std::vector<std::string> ids;
  const auto* list = optional_array_at(token, "audit_ids");
  if (list == nullptr) return ids;
  for (const json::value& id : *list) {
    if (const auto* text = id.if_string()) ids.emplace_back(*text);
  }
  return ids;
}

std::optional<AccessRules> access_rules(const json::object& token) {
  const auto* credential = optional_object_at(token, "application_credential");
  const auto* list = credential != nullptr ? optional_array_at(*credential, "access_rules") : nullptr;
  if (list == nullptr) return {};
  AccessRules rules;
  for (const json::value& each : *list) {
    const json::object& rule = as_object(each, "access_rules");
    rules.push_back({text_at(rule, "method"), text_at(rule, "path"), text_at(rule, "service")});
  }
  return rules;
}

bool is_true(const json::object& object, std::string_view name, bool fallback) {
  const json::value* value = find(object, name);
  if (value == nullptr) return fallback;
  if (!value->is_bool()) throw not_understood(name);
  return value->as_bool();
}

Timestamp expiry(const json::object& token) {
  const auto time = parse_time(text_at(token, "expires_at"));
  if (!time) throw not_understood("expires_at");
  return *time;
}

}  // namespace

Token parse_token(std::string_view text) {
  return token_of(object_at(parse_object(text), "token"));
}

Token token_of(const json::object& token) {
  Token result{.user = named(object_at(token, "user")),
               .project = optional_named(token, "project"),
               .domain = optional_named(token, "domain"),
               .is_admin_project = is_true(token, "is_admin_project", true),
               .roles = texts_of(optional_array_at(token, "roles"), "name"),
               .expires_at = expiry(token),
               .audit_ids = audit_ids(token),
               .access_rules = access_rules(token)};
  if (const auto* bind = optional_object_at(token, "bind")) result.is_bound = !bind->empty();
  if (const auto* system = optional_object_at(token, "system")) {
    result.is_for_system = is_true(*system, "all", false);
  }
  if (const auto* catalog = optional_array_at(token, "catalog")) {
    result.service_types = texts_of(catalog, "type");
  }
  return result;
}

}  // namespace vitrine::keystone
