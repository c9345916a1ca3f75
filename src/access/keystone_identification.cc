#include "access/keystone_identification.h"

#include <fmt/format.h>

#include <algorithm>

#include "access/options.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "keystone/access_rules.h"
#include "keystone/login.h"
#include "keystone/options.h"

namespace vitrine::access {
namespace {

using config::Finding;
using keystone::Expired;
using keystone::Token;

/// Without the blanks that some clients send around it; empty if there is none.
std::string_view token_in(const Presented& presented, std::string_view header) {
  const std::string* value = presented.find_header(header);
  return value != nullptr ? trim(*value) : std::string_view();
}

std::string_view user_token_in(const Presented& presented) {
  const bool has_usual_one = presented.find_header("X-Auth-Token") != nullptr;
  return token_in(presented, has_usual_one ? "X-Auth-Token" : "X-Storage-Token");
}

std::optional<std::string> given(const std::string& text) {
  if (text.empty()) return {};
  return text;
}

std::vector<std::string> lower(const std::vector<std::string>& roles) {
  std::vector<std::string> result;
  for (const std::string& role : roles) result.push_back(to_lower(role));
  return result;
}

/// What a token says alike of a user and of a service.
template <class Holder>
Holder holder_of(const Token& token) {
  Holder holder;
  holder.user_id = token.user.id;
  holder.user_domain_id = given(token.user.domain_id);
  if (token.project) {
    holder.project_id = token.project->id;
    holder.project_domain_id = given(token.project->domain_id);
  }
  holder.roles = lower(token.roles);
  return holder;
}

model::Caller caller_in(const Token& token) {
  auto caller = holder_of<model::Caller>(token);
  if (token.domain) caller.domain_id = token.domain->id;
  if (token.is_for_system) caller.system_scope = "all";
  caller.is_admin_project = token.is_admin_project;
  return caller;
}

bool have_common(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  return std::any_of(one.begin(), one.end(), [&](const std::string& each) {
    return std::find(other.begin(), other.end(), each) != other.end();
  });
}

/// Where clients get tokens. A header of its own, so nothing that would end it may be in it.
std::string where_to_log_in(const config::Config& config, std::vector<Finding>& findings) {
  if (const auto uri = config.get(www_authenticate_uri); uri && !uri->empty()) {
    const bool is_fit =
        std::all_of(uri->begin(), uri->end(), [](char c) { return c > ' ' && c <= '~' && c != '"'; });
    if (is_fit) return *uri;
    Finding finding = config.where(www_authenticate_uri.group, www_authenticate_uri.name);
    finding.message = "[keystone_authtoken] www_authenticate_uri holds a character that no URL may hold.";
    findings.push_back(std::move(finding));
    return {};
  }
  std::vector<Finding> reported_elsewhere;
  const fetch::Uri identity =
      keystone::read_login(config, keystone::authtoken_group, reported_elsewhere).identity;
  return reported_elsewhere.empty() ? fetch::origin_of(identity) + identity.target : "";
}

}  // namespace

TokenRules token_rules(const config::Config& config, std::optional<bool> delays_decision,
                       std::vector<Finding>& findings) {
  if (config.is_set(memcached_servers) && !config.get(memcached_servers).empty()) {
    Finding finding = config.where(memcached_servers.group, memcached_servers.name);
    finding.severity = Finding::Severity::warning;
    finding.message =
        "[keystone_authtoken] memcached_servers: tokens are remembered in this process instead.";
    findings.push_back(std::move(finding));
  }
  return {.delays_decision = delays_decision.value_or(config.get(delay_auth_decision)),
          .anonymous = anonymous_callers(config),
          .service_roles = config.get(service_token_roles),
          .service_roles_required = config.get(service_token_roles_required),
          .service_type = config.get(service_type).value_or(""),
          .challenge = fmt::format("Keystone uri=\"{}\"", where_to_log_in(config, findings))};
}

KeystoneIdentification::KeystoneIdentification(keystone::TokenValidator& validator, TokenRules rules)
    : validator_(validator), rules_(std::move(rules)) {}

std::vector<std::string> KeystoneIdentification::identifying_headers() const {
  return {"X-Auth-Token", "X-Storage-Token", "X-Service-Token"};
}

model::Caller KeystoneIdentification::identify(const Presented& presented) {
  const Service service = service_of(presented);
  const std::string_view token = user_token_in(presented);
  // A service may go on with what its user began after the user's token has expired.
  keystone::Verdict user =
      token.empty() ? nullptr
                    : validator_.validate(token, service.has_role ? Expired::allowed : Expired::refused);
  // What a service does for a user is not what the user asked this service for.
  if (user && user->access_rules && !service.has_role && !may_make(*user, presented)) user = nullptr;
  if (!rules_.delays_decision && (!user || service.is_refused)) {
    throw Error(ErrorCode::unauthenticated, "The request you have made requires authentication.");
  }
  if (!user) return anonymous_caller(rules_.anonymous);
  model::Caller caller = caller_in(*user);
  if (service.token) caller.service = holder_of<model::CallingService>(*service.token);
  caller.token = token;
  return caller;
}

KeystoneIdentification::Service KeystoneIdentification::service_of(const Presented& presented) const {
  const std::string_view token = token_in(presented, "X-Service-Token");
  if (token.empty()) return {};
  const keystone::Verdict verdict = validator_.validate(token);
  const bool has_role = verdict && have_common(verdict->roles, rules_.service_roles);
  const bool is_good = verdict && (has_role || !rules_.service_roles_required);
  return {.is_refused = !is_good, .has_role = has_role, .token = is_good ? verdict : nullptr};
}

bool KeystoneIdentification::may_make(const Token& token, const Presented& presented) const {
  if (rules_.service_type.empty()) {
    log::warning(
        "An application credential with access rules is refused. Set [keystone_authtoken] service_type.");
    return false;
  }
  const auto& types = token.service_types;
  if (!types || std::find(types->begin(), types->end(), rules_.service_type) == types->end()) {
    log::warning(
        "An application credential with access rules is refused: the catalog has no service of type {}.",
        rules_.service_type);
    return false;
  }
  const auto path = ruled_path(presented.path);
  return path && keystone::allows(*token.access_rules, {rules_.service_type, presented.method, *path});
}

std::optional<std::string> ruled_path(std::string_view path) {
  auto decoded = percent_decode(path);
  if (!decoded) return {};
  const std::string_view version = std::string_view(*decoded).substr(0, decoded->find('/', 1));
  if (version.starts_with("/v2.") && parse_unsigned(version.substr(4)))
    decoded->replace(0, version.size(), "/v2");
  return decoded;
}

}  // namespace vitrine::access
