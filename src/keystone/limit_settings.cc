#include "keystone/limit_settings.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/text.h"
#include "keystone/options.h"

namespace vitrine::keystone {
namespace {

using config::Config;
using config::Finding;

std::string without_url(std::string interface) {
  if (interface.ends_with("URL")) interface.resize(interface.size() - 3);
  return interface;
}

/// The first one counts.
std::string preferred_interface(const Config& config) {
  const TextList interfaces = config.get(LimitOptions::valid_interfaces);
  return interfaces.empty() ? "public" : without_url(interfaces.front());
}

LimitedEndpoint limited_endpoint(const Config& config) {
  return {.id = config.get(LimitOptions::endpoint_id).value_or(""),
          .service_type = config.get(LimitOptions::endpoint_service_type).value_or(""),
          .service_name = config.get(LimitOptions::endpoint_service_name).value_or(""),
          .region = config.get(LimitOptions::endpoint_region_name).value_or(""),
          .interface = without_url(config.get(LimitOptions::endpoint_interface))};
}

Finding missing_endpoint(const Config& config) {
  Finding finding = config.find_group(limit_group).value_or(Finding{});
  finding.severity = Finding::Severity::error;
  finding.message = fmt::format(
      "[{}] endpoint_id: is not set. The limits that use_keystone_limits asks for are those of an endpoint: "
      "give "
      "its id, or endpoint_service_type = image.",
      limit_group);
  return finding;
}

}  // namespace

LimitSettings limit_settings(const Config& config, std::vector<Finding>& findings) {
  LimitSettings settings{
      .session = {.login = read_login(config, limit_group, findings),
                  .client = client_settings(config, limit_group),
                  .interface = preferred_interface(config),
                  .region = config.get(LimitOptions::region_name).value_or(""),
                  .retries = static_cast<unsigned>(config.get(LimitOptions::connect_retries).value_or(3))},
      .endpoint = limited_endpoint(config)};
  settings.session.client.read_timeout = std::chrono::seconds(30);
  if (const auto seconds = config.get(LimitOptions::timeout)) {
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(*seconds));
    settings.session.client.connect_timeout = settings.session.client.read_timeout = time;
  }
  const LimitedEndpoint& endpoint = settings.endpoint;
  if (endpoint.id.empty() && endpoint.service_type.empty() && endpoint.service_name.empty()) {
    findings.push_back(missing_endpoint(config));
  }
  return settings;
}

}  // namespace vitrine::keystone
