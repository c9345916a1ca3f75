#include "keystone/service_catalog.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/log.h"
#include "base/text.h"
#include "keystone/answer.h"

namespace vitrine::keystone {
namespace {

namespace json = boost::json;

bool fits(const json::object& endpoint, const EndpointChoice& choice) {
  if (!equals_ignoring_case(optional_text_at(endpoint, "interface"), choice.interface)) return false;
  if (choice.region.empty()) return true;
  return equals_ignoring_case(optional_text_at(endpoint, "region_id"), choice.region) ||
         equals_ignoring_case(optional_text_at(endpoint, "region"), choice.region);
}

}  // namespace

std::string endpoint_url(const json::array& catalog, const EndpointChoice& choice) {
  for (const json::value& service : catalog) {
    const auto* object = service.if_object();
    if (object == nullptr || optional_text_at(*object, "type") != choice.type) continue;
    if (!choice.name.empty() && optional_text_at(*object, "name") != choice.name) continue;
    const auto* endpoints = optional_array_at(*object, "endpoints");
    if (endpoints == nullptr) continue;
    for (const json::value& endpoint : *endpoints) {
      const auto* each = endpoint.if_object();
      if (each != nullptr && fits(*each, choice)) return optional_text_at(*each, "url");
    }
  }
  return {};
}

std::string endpoint_url(Session& session, std::string_view token, const EndpointChoice& choice) {
  const Answer answer = session.get(
      "/auth/tokens", {{"X-Subject-Token", std::string(token)}, {"OpenStack-Identity-Access-Rules", "1.0"}});
  if (answer.status == 404) throw token_has_ended();
  if (answer.status != 200) {
    log::error("Keystone answers the question about a token's catalog with status {}", answer.status);
    throw keystone_unavailable();
  }
  const json::object body = parse_object(answer.body);
  const auto* catalog = optional_array_at(object_at(body, "token"), "catalog");
  return catalog != nullptr ? endpoint_url(*catalog, choice) : "";
}

}  // namespace vitrine::keystone
