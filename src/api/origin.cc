#include "api/origin.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.h"

namespace vitrine::api {
namespace {

std::string_view header(const http::Request& request, std::string_view name) {
  const std::string* value = request.headers.find(name);
  return value ? std::string_view(*value) : std::string_view();
}

/// Proxies behind one another write a list, the one nearest to the client first.
std::string_view first_element(std::string_view list) {
  return trim(list.substr(0, list.find(',')));
}

/// What goes into a header or a log line of ours; anything else was no proxy's.
bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '<' || c == '>' || c == '\\') return false;
  }
  return !text.empty();
}

void take(std::string_view value, std::string& field) {
  if (is_plain(value)) field = value;
}

void read_forwarded(std::string_view value, Origin& origin) {
  for (const std::string& pair : split(first_element(value), ';')) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = to_lower(trim(std::string_view(pair).substr(0, equals)));
    const std::string_view text = without_quotes(trim(std::string_view(pair).substr(equals + 1)));
    if (name == "proto") take(text, origin.scheme);
    if (name == "host") take(text, origin.host);
    if (name == "for") take(text, origin.client);
  }
}

}  // namespace

Origin origin_of(const http::Request& request, ProxyHeaders proxy_headers) {
  const std::string_view host = header(request, "Host");
  Origin origin{.scheme = request.is_tls ? "https" : "http",
                .host = std::string(host.empty() ? "localhost" : host),
                .prefix = {},
                .client = request.client};
  if (proxy_headers == ProxyHeaders::ignored) return origin;
  if (const std::string_view forwarded = header(request, "Forwarded"); !forwarded.empty()) {
    read_forwarded(forwarded, origin);
  } else {
    take(first_element(header(request, "X-Forwarded-Proto")), origin.scheme);
    take(first_element(header(request, "X-Forwarded-Host")), origin.host);
    take(first_element(header(request, "X-Forwarded-For")), origin.client);
  }
  std::string_view prefix = header(request, "X-Forwarded-Prefix");
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.starts_with('/')) take(prefix, origin.prefix);
  return origin;
}

bool is_proxied(const http::Request& request) {
  constexpr std::string_view names[] = {"Forwarded", "X-Forwarded-Proto", "X-Forwarded-Host",
                                        "X-Forwarded-For", "X-Forwarded-Prefix"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return !header(request, name).empty(); });
}

}  // namespace vitrine::api
