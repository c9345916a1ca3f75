#include "fetch/proxies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::fetch {
namespace {

std::string upper(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

/// "host" or "host:port", the host as normal_host() writes it; nothing if it can match no URI.
std::optional<std::string> normal_exemption(std::string_view text) {
  text = trim(text);
  if (text == "*") return "*";
  while (text.starts_with("*.") || text.starts_with('.')) text.remove_prefix(text.find('.') + 1);
  try {
    const bool is_plain_ipv6 = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
    if (is_plain_ipv6) return normal_host(text);
    const Uri uri = parse_uri("http://" + std::string(text));
    return uri.port ? fmt::format("{}:{}", uri.host, *uri.port) : uri.host;
  } catch (const Error&) {
    return {};
  }
}

std::uint16_t port_of(const Uri& uri) {
  return uri.port.value_or(uri.scheme == "https" ? 443 : 80);
}

}  // namespace

Uri parse_proxy(std::string_view text) {
  const bool has_scheme = text.find("://") != std::string_view::npos;
  Uri proxy = parse_uri(has_scheme ? std::string(text) : "http://" + std::string(text));
  const bool is_web_proxy = is_web(proxy) && proxy.target == "/";
  if (!is_web_proxy) throw Error(ErrorCode::invalid, "The proxy is not one for HTTP");
  return proxy;
}

Proxies proxies_of(const std::function<std::optional<std::string>(const std::string& name)>& variable) {
  const auto value_of = [&](const std::string& name) {
    if (auto value = variable(name)) return std::string(trim(*value));  // empty: there shall be none
    return std::string(trim(variable(upper(name)).value_or("")));
  };
  Proxies proxies;
  for (const std::string scheme : {"http", "https"}) {
    const std::string name = scheme + "_proxy";
    const std::string value = value_of(name);
    if (value.empty()) continue;
    try {
      proxies.by_scheme[scheme] = parse_proxy(value);
    } catch (const Error&) {  // a proxy may hold a password, so it is not repeated
      throw Error(ErrorCode::configuration,
                  fmt::format("The environment variable {} is malformed. Write http://host:port, or "
                              "http://user:password@host:port.",
                              name));
    }
  }
  const std::vector<std::string> exempt = split(value_of("no_proxy"), ',');
  for (const std::string& text : exempt) {
    if (auto host = normal_exemption(text)) proxies.exempt.push_back(*std::move(host));
  }
  return proxies;
}

bool is_exempt(const Uri& uri, const std::vector<std::string>& exempt) {
  const std::string with_port = fmt::format("{}:{}", uri.host, port_of(uri));
  return std::any_of(exempt.begin(), exempt.end(), [&](const std::string& item) {
    const auto covers = [&](std::string_view name) {
      return name == item || (name.size() > item.size() && name.ends_with(item) &&
                              name[name.size() - item.size() - 1] == '.');
    };
    return item == "*" || covers(uri.host) || covers(with_port);
  });
}

}  // namespace vitrine::fetch
