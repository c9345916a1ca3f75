#pragma once

#include <string>

#include "http/message.h"

namespace vitrine::api {

/// Whether the headers that a proxy in front of the service writes are believed.
enum class ProxyHeaders { ignored, believed };

/// Where a request comes from, and how the client reached the service.
struct Origin {
  std::string scheme;  ///< "https"
  std::string host;    ///< with the port, if the client wrote one
  std::string prefix;  ///< path below which the client sees the service; empty, or begins with a slash
  std::string client;  ///< address

  /// `https://images.example/glance`, without a slash at the end.
  std::string base_url() const { return scheme + "://" + host + prefix; }
};

/// As oslo.middleware's `http_proxy_to_wsgi` filter: of the header Forwarded (RFC 7239) the first element
/// counts, without it that of X-Forwarded-Proto, -Host and -For; X-Forwarded-Prefix counts with both.
Origin origin_of(const http::Request& request, ProxyHeaders proxy_headers);

/// Whether the request came through a proxy that says so.
bool is_proxied(const http::Request& request);

}  // namespace vitrine::api
