#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "http/message.h"

namespace vitrine::api {

/// Where a request goes by its version: to the API under a path that starts with "/v2", or to the version
/// documents.
struct Negotiated {
  enum class Outcome { api, versions, multiple_choices };
  Outcome outcome = Outcome::multiple_choices;
  std::string path;  ///< for `api`, undecoded
};

/// As Glance's version negotiation: by `Accept: application/vnd.openstack.images-v2…`, else by the first
/// segment. Some versions come with several stores.
Negotiated negotiate_version(const http::Request& request, const stores::StoreSet& stores);

/// The list of versions; status 200 or 300.
http::Reply versions_reply(unsigned status, const ApiSettings& settings, const stores::StoreSet& stores,
                           const http::Request& request);

}  // namespace vitrine::api
