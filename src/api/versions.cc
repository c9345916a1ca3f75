#include "api/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/json_text.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

constexpr std::string_view media_type_prefix = "application/vnd.openstack.images-";

enum class Needs { nothing, several_stores };

struct Version {
  std::string_view id;
  Needs needs = Needs::nothing;
};

// In Glance's order, which clients do not rely on. v2.14, v2.16 and v2.18 come with the cache.
constexpr Version versions[] = {
    {"v2.15"},
    {"v2.13", Needs::several_stores},
    {"v2.12", Needs::several_stores},
    {"v2.11", Needs::several_stores},
    {"v2.10", Needs::several_stores},
    {"v2.9"},
    {"v2.8", Needs::several_stores},
    {"v2.17"},
    {"v2.7"},
    {"v2.6"},
    {"v2.5"},
    {"v2.4"},
    {"v2.3"},
    {"v2.2"},
    {"v2.1"},
    {"v2.0"},
};
constexpr std::string_view current_version = "v2.17";

bool is_there(const Version& version, const stores::StoreSet& stores) {
  return version.needs == Needs::nothing || stores.has_several();
}

bool is_accepted(std::string_view id, const stores::StoreSet& stores) {
  return id == "v2" || std::any_of(std::begin(versions), std::end(versions), [&](const Version& version) {
           return version.id == id && is_there(version, stores);
         });
}

std::string_view without_leading_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

}  // namespace

Negotiated negotiate_version(const http::Request& request, const stores::StoreSet& stores) {
  const std::string_view path = without_leading_slashes(request.path());
  const std::string_view first = path.substr(0, path.find('/'));
  if (first == "versions") return {Negotiated::Outcome::versions, {}};
  const std::string* accept = request.headers.find("Accept");
  if (accept && accept->starts_with(media_type_prefix)) {
    if (!is_accepted(accept->substr(media_type_prefix.size()), stores)) return {};
    return {Negotiated::Outcome::api, fmt::format("/v2/{}", path)};
  }
  if (!is_accepted(first, stores)) return {};
  return {Negotiated::Outcome::api, fmt::format("/v2{}", path.substr(first.size()))};
}

http::Reply versions_reply(unsigned status, const ApiSettings& settings, const stores::StoreSet& stores,
                           const http::Request& request) {
  std::string base = settings.public_endpoint.empty() ? origin_of(request, settings.proxy_headers).base_url()
                                                      : settings.public_endpoint;
  while (base.ends_with('/')) base.pop_back();
  json::array documents;
  for (const Version& version : versions) {
    if (!is_there(version, stores)) continue;
    documents.push_back(json::object{
        {"id", version.id},
        {"status", version.id == current_version ? "CURRENT" : "SUPPORTED"},
        {"links", json::array{json::object{{"rel", "self"}, {"href", base + "/v2/"}}}},
    });
  }
  http::Reply reply;
  reply.status = status;
  reply.headers.add("Content-Type", "application/json");
  reply.body = to_json_text(json::object{{"versions", std::move(documents)}});
  return reply;
}

}  // namespace vitrine::api
