#include "access/policy_credentials.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>

#include "access/policy_text.h"
#include "base/text.h"

namespace vitrine::access {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value();
}

json::array list_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

bool has_in(const json::object& object, std::span<const std::string> path, std::string_view text);

bool has_at(const json::value& value, std::span<const std::string> path, std::string_view text) {
  if (!path.empty()) return value.is_object() && has_in(value.get_object(), path, text);
  std::string scratch;
  return text_of(value, scratch) == text;
}

bool has_in(const json::object& object, std::span<const std::string> path, std::string_view text) {
  const json::value* value = object.if_contains(path.front());
  if (!value) return false;
  const auto rest = path.subspan(1);
  const json::array* list = value->if_array();
  if (!list) return has_at(*value, rest, text);
  return std::any_of(list->begin(), list->end(),
                     [&](const json::value& member) { return has_at(member, rest, text); });
}

/// As Python sees it; only texts stand here.
bool is_set(const json::object& values, std::string_view name) {
  const json::value* value = values.if_contains(name);
  if (!value || value->is_null()) return false;
  return !value->is_string() || !value->get_string().empty();
}

}  // namespace

Credentials::Credentials(const model::Caller& caller) {
  const model::CallingService& service = caller.service;
  values_.reserve(14);
  values_.emplace("project_id", text_or_null(caller.project_id));
  values_.emplace("user_id", text_or_null(caller.user_id));
  values_.emplace("roles", list_of(caller.roles));
  values_.emplace("user_domain_id", text_or_null(caller.user_domain_id));
  values_.emplace("project_domain_id", text_or_null(caller.project_domain_id));
  values_.emplace("domain_id", text_or_null(caller.domain_id));
  values_.emplace("system_scope", text_or_null(caller.system_scope));
  values_.emplace("is_admin_project", caller.is_admin_project);
  values_.emplace("service_user_id", text_or_null(service.user_id));
  values_.emplace("service_user_domain_id", text_or_null(service.user_domain_id));
  values_.emplace("service_project_id", text_or_null(service.project_id));
  values_.emplace("service_project_domain_id", text_or_null(service.project_domain_id));
  values_.emplace("service_roles", list_of(service.roles));
  // The name that oslo.policy had for it first; it exists only where there is something to say.
  if (is_set(values_, "system_scope")) values_.emplace("system", text_or_null(caller.system_scope));
}

bool Credentials::has_role(std::string_view role) const {
  const json::value* roles = values_.if_contains("roles");
  const json::array* list = roles ? roles->if_array() : nullptr;
  if (!list) return false;
  return std::any_of(list->begin(), list->end(), [&](const json::value& own) {
    return own.is_string() && equals_ignoring_case(std::string_view(own.get_string()), role);
  });
}

bool Credentials::has(std::span<const std::string> path, std::string_view text) const {
  return has_in(values_, path, text);
}

bool Credentials::are_for_project() const {
  return !is_set(values_, "system") && !is_set(values_, "system_scope") && !is_set(values_, "domain_id");
}

}  // namespace vitrine::access
