#include "access/identification.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

#include "access/options.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::access {
namespace {

/// The value of the first of these headers that is there; the later names are older ones.
std::optional<std::string> first_of(const Presented& presented,
                                    std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string* value = presented.find_header(name)) return *value;
  }
  return {};
}

std::vector<std::string> roles_in(const std::optional<std::string>& text) {
  std::vector<std::string> roles;
  if (!text || text->empty()) return roles;
  for (const std::string& role : split(*text, ',')) roles.push_back(to_lower(trim(role)));
  return roles;
}

model::CallingService service_in(const Presented& presented) {
  return {.user_id = first_of(presented, {"X-Service-User-Id"}),
          .user_domain_id = first_of(presented, {"X-Service-User-Domain-Id"}),
          .project_id = first_of(presented, {"X-Service-Project-Id"}),
          .project_domain_id = first_of(presented, {"X-Service-Project-Domain-Id"}),
          .roles = roles_in(first_of(presented, {"X-Service-Roles"}))};
}

bool is_confirmed(const Presented& presented) {
  const std::string* status = presented.find_header("X-Identity-Status");
  return status != nullptr && *status == "Confirmed";
}

}  // namespace

model::Caller NoIdentification::identify(const Presented& /*presented*/) {
  model::Caller caller;
  caller.is_identified = false;
  caller.is_admin = true;
  return caller;
}

model::Caller HeaderIdentification::identify(const Presented& presented) {
  if (!is_confirmed(presented)) return anonymous_caller(anonymous_);
  model::Caller caller;
  caller.user_id = first_of(presented, {"X-User-Id", "X-User"});
  caller.project_id = first_of(presented, {"X-Project-Id", "X-Tenant-Id", "X-Tenant"});
  caller.roles = roles_in(first_of(presented, {"X-Roles", "X-Role"}));
  caller.user_domain_id = first_of(presented, {"X-User-Domain-Id"});
  caller.project_domain_id = first_of(presented, {"X-Project-Domain-Id"});
  caller.domain_id = first_of(presented, {"X-Domain-Id"});
  caller.system_scope = first_of(presented, {"OpenStack-System-Scope"});
  caller.is_admin_project =
      equals_ignoring_case(first_of(presented, {"X-Is-Admin-Project"}).value_or("true"), "true");
  caller.service = service_in(presented);
  return caller;
}

std::vector<std::string> HeaderIdentification::identifying_headers() const {
  return {"X-Identity-Status",
          "X-Auth-Token",
          "X-User-Id",
          "X-User",
          "X-Project-Id",
          "X-Tenant-Id",
          "X-Tenant",
          "X-Roles",
          "X-Role",
          "X-User-Domain-Id",
          "X-Project-Domain-Id",
          "X-Domain-Id",
          "OpenStack-System-Scope",
          "X-Is-Admin-Project",
          "X-Service-User-Id",
          "X-Service-User-Domain-Id",
          "X-Service-Project-Id",
          "X-Service-Project-Domain-Id",
          "X-Service-Roles"};
}

Anonymous anonymous_callers(const config::Config& config) {
  return config.get(allow_anonymous_access) ? Anonymous::may_read : Anonymous::refused;
}

model::Caller anonymous_caller(Anonymous anonymous) {
  if (anonymous == Anonymous::refused) {
    throw Error(ErrorCode::unauthenticated,
                "This server could not verify that you are authorized to access the document you requested.");
  }
  model::Caller caller;
  caller.may_only_read = true;
  return caller;
}

}  // namespace vitrine::access
