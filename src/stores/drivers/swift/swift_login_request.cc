#include "stores/drivers/swift/swift_login_request.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace vitrine::stores {
namespace {

namespace json = boost::json;

json::object in_json(const SwiftDomain& domain) {
  if (!domain.id.empty()) return {{"id", domain.id}};
  return {{"name", domain.name}};
}

json::object method(std::string_view name, json::object details) {
  return {{"methods", json::array{name}}, {name, std::move(details)}};
}

}  // namespace

std::string swift_login_request(const SwiftAccount& account, const std::string& trust_id) {
  json::object auth;
  if (!account.credential_id.empty()) {
    auth["identity"] = method("application_credential",
                              {{"id", account.credential_id}, {"secret", account.credential_secret}});
    return json::serialize(json::object{{"auth", std::move(auth)}});  // it has its project
  }
  const auto colon = account.user.find(':');
  auth["identity"] = method("password", {{"user",
                                          {{"name", account.user.substr(colon + 1)},
                                           {"domain", in_json(account.user_domain)},
                                           {"password", account.key}}}});
  if (trust_id.empty()) {
    auth["scope"] = {
        {"project", {{"name", account.user.substr(0, colon)}, {"domain", in_json(account.project_domain)}}}};
  } else {
    auth["scope"] = {{"OS-TRUST:trust", {{"id", trust_id}}}};
  }
  return json::serialize(json::object{{"auth", std::move(auth)}});
}

}  // namespace vitrine::stores
