#include "api/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/call.h"
#include "api/json_text.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

constexpr std::string_view media_type_prefix = "application/vnd.openstack.images-";

// 2.8 and 2.10–2.13 come with several stores, 2.14, 2.16 and 2.18 with the cache.
constexpr std::array accepted_versions{"v2",   "v2.0", "v2.1", "v2.2", "v2.3",  "v2.4",
                                       "v2.5", "v2.6", "v2.7", "v2.9", "v2.15", "v2.17"};

// In Glance's order, which clients do not rely on.
constexpr std::array listed_versions{"v2.15", "v2.9", "v2.17", "v2.7", "v2.6", "v2.5",
                                     "v2.4",  "v2.3", "v2.2",  "v2.1", "v2.0"};
constexpr std::string_view current_version = "v2.17";

bool is_accepted(std::string_view version) {
  return std::find(accepted_versions.begin(), accepted_versions.end(), version) != accepted_versions.end();
}

std::string_view without_leading_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

}  // namespace

Negotiated negotiate_version(const http::Request& request) {
  const std::string_view path = without_leading_slashes(request.path());
  const std::string_view first = path.substr(0, path.find('/'));
  if (first == "versions") return {Negotiated::Outcome::versions, {}};
  const std::string* accept = request.headers.find("Accept");
  if (accept && accept->starts_with(media_type_prefix)) {
    if (!is_accepted(accept->substr(media_type_prefix.size()))) return {};
    return {Negotiated::Outcome::api, fmt::format("/v2/{}", path)};
  }
  if (!is_accepted(first)) return {};
  return {Negotiated::Outcome::api, fmt::format("/v2{}", path.substr(first.size()))};
}

http::Reply versions_reply(unsigned status, const ApiSettings& settings, const http::Request& request) {
  std::string base = settings.public_endpoint.empty() ? base_url(request) : settings.public_endpoint;
  while (base.ends_with('/')) base.pop_back();
  json::array versions;
  for (const std::string_view version : listed_versions) {
    versions.push_back(json::object{
        {"id", version},
        {"status", version == current_version ? "CURRENT" : "SUPPORTED"},
        {"links", json::array{json::object{{"rel", "self"}, {"href", base + "/v2/"}}}},
    });
  }
  http::Reply reply;
  reply.status = status;
  reply.headers.add("Content-Type", "application/json");
  reply.body = to_json_text(json::object{{"versions", std::move(versions)}});
  return reply;
}

}  // namespace vitrine::api
