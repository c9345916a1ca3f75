#include "api/cors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vitrine::api {
namespace {

constexpr std::string_view any_origin = "*";

/// Those that a browser may send without asking.
constexpr std::array<std::string_view, 8> simple_headers = {
    "Accept",           "Accept-Language", "Content-Type",  "Cache-Control",
    "Content-Language", "Expires",         "Last-Modified", "Pragma"};

template <class Names>
bool has_name(const Names& names, std::string_view wanted) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return equals_ignoring_case(name, wanted); });
}

bool may_send(const CorsRule& rule, std::string_view header) {
  return has_name(rule.headers, header) || has_name(simple_headers, header);
}

std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> items;
  for (const std::string& item : split(list, ',')) {
    if (const std::string_view text = trim(item); !text.empty()) items.emplace_back(text);
  }
  return items;
}

void allow_origin(const std::string& origin, const CorsRule& rule, http::Reply& reply) {
  const std::string* vary = reply.headers.find("Vary");
  reply.headers.set("Vary", vary ? *vary + ",Origin" : "Origin");
  reply.headers.set("Access-Control-Allow-Origin", origin);
  if (rule.allows_credentials) reply.headers.set("Access-Control-Allow-Credentials", "true");
}

/// The answer to a browser that asks what a page may do.
void answer_preflight(const http::Request& request, const std::string& origin, const CorsRule& rule,
                      http::Reply& reply) {
  const std::string* method = request.headers.find("Access-Control-Request-Method");
  if (!method || std::find(rule.methods.begin(), rule.methods.end(), *method) == rule.methods.end()) return;
  const std::string* list = request.headers.find("Access-Control-Request-Headers");
  const std::vector<std::string> wanted = items_of(list ? *list : "");
  const bool may_send_all = std::all_of(wanted.begin(), wanted.end(),
                                        [&](const std::string& header) { return may_send(rule, header); });
  if (!may_send_all) return;
  allow_origin(origin, rule, reply);
  if (rule.max_age != 0) reply.headers.set("Access-Control-Max-Age", std::to_string(rule.max_age));
  reply.headers.set("Access-Control-Allow-Methods", *method);
  if (!wanted.empty()) reply.headers.set("Access-Control-Allow-Headers", join(wanted, ","));
}

}  // namespace

const std::pair<std::string, CorsRule>* Cors::rule_for(std::string_view origin) const {
  const auto named = [&](std::string_view name) {
    return std::find_if(rules_.begin(), rules_.end(), [&](const auto& rule) { return rule.first == name; });
  };
  auto found = named(origin);
  if (found == rules_.end()) found = named(any_origin);
  return found == rules_.end() ? nullptr : &*found;
}

void Cors::decorate(const http::Request& request, http::Reply& reply) const {
  if (rules_.empty()) return;
  const std::string* asking = request.headers.find("Origin");
  const auto* found = asking ? rule_for(*asking) : nullptr;
  if (!found) return;
  const auto& [origin, rule] = *found;
  if (request.method == "OPTIONS") {
    answer_preflight(request, origin, rule, reply);
    return;
  }
  allow_origin(origin, rule, reply);
  if (!rule.exposed_headers.empty())
    reply.headers.set("Access-Control-Expose-Headers", join(rule.exposed_headers, ","));
}

}  // namespace vitrine::api
