#include "stores/drivers/http_settings.h"

#include <fmt/format.h>

#include <map>

#include "base/error.h"
#include "fetch/options.h"
#include "fetch/proxies.h"
#include "stores/drivers/http_options.h"
#include "stores/drivers/option_checks.h"

namespace vitrine::stores {
namespace {

bool is_web_scheme(std::string_view text) {
  return text == "http" || text == "https";
}

std::map<std::string, fetch::Uri> configured_proxies(const config::Config& config, std::string_view group) {
  std::map<std::string, fetch::Uri> proxies;
  for (const auto& [scheme, text] : config.get(http_proxy_information, group)) {
    if (!is_web_scheme(scheme)) {
      throw faulty(http_proxy_information.name,
                   fmt::format("\"{}\" is not a scheme; write http:host:port or https:host:port", scheme));
    }
    try {
      proxies[scheme] = fetch::parse_proxy(text);
    } catch (const Error&) {  // a proxy may hold a password, so it is not repeated
      throw faulty(
          http_proxy_information.name,
          fmt::format("the proxy for {} is malformed; write host:port or http://user:password@host:port",
                      scheme));
    }
  }
  return proxies;
}

std::string configured_ca_file(const config::Config& config, std::string_view group) {
  return readable_file(https_ca_certificates_file.name,
                       config.get(https_ca_certificates_file, group).value_or(""));
}

}  // namespace

HttpSettings read_http_settings(const config::Config& config, std::string_view group) {
  const auto seconds = [&](const Option<std::int64_t>& option) {
    return std::chrono::seconds(config.get(option, group));
  };
  HttpSettings settings;
  settings.client.connect_timeout = seconds(http_connect_timeout);
  settings.client.read_timeout = seconds(http_read_timeout);
  settings.client.ca_file = configured_ca_file(config, group);
  settings.client.verifies_peers = !settings.client.ca_file.empty() || !config.get(https_insecure, group);
  settings.client.proxies = configured_proxies(config, group);
  settings.redirects = fetch::filter_of(config).without_ports();
  return settings;
}

std::vector<config::Finding> check_http_settings(const config::Config& config, std::string_view group) {
  return option_faults(config, group,
                       {
                           {https_ca_certificates_file.name, [&] { configured_ca_file(config, group); }},
                           {http_proxy_information.name, [&] { configured_proxies(config, group); }},
                       });
}

OptionList http_options() {
  return {&https_ca_certificates_file, &https_insecure, &http_proxy_information, &http_connect_timeout,
          &http_read_timeout};
}

}  // namespace vitrine::stores
