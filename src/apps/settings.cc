#include "apps/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "api/front_settings.h"
#include "api/options.h"
#include "apps/options.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/uri.h"
#include "http/options.h"
#include "images/options.h"
#include "imports/options.h"

namespace vitrine::apps {
namespace {

/// "127.0.0.1:9291" or "[::1]:9291"
http::Endpoint endpoint_of(std::string_view address) {
  const auto colon = address.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_unsigned(address.substr(colon + 1));
  if (!port || *port > 65535) {
    throw Error(
        ErrorCode::configuration,
        fmt::format(
            "[vitrine] metrics_address '{}' is not ADDRESS:PORT. Write 127.0.0.1:9291, or leave it empty.",
            address));
  }
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {.host = std::string(host), .port = static_cast<std::uint16_t>(*port)};
}

std::optional<http::Tls> tls_settings(const config::Config& config) {
  const auto certificate = config.get(http::cert_file);
  const auto key = config.get(http::key_file);
  if (certificate.has_value() != key.has_value()) {
    throw Error(ErrorCode::configuration,
                "TLS needs both cert_file and key_file. Set the other one, or neither.");
  }
  if (!certificate) return {};
  return http::Tls{*certificate, *key, config.get(http::ca_file).value_or("")};
}

/// Half the cores: the workers want the rest.
std::size_t io_thread_count(const config::Config& config) {
  const auto wanted = config.get(http::io_threads);
  return wanted ? static_cast<std::size_t>(*wanted) : std::max(1u, std::thread::hardware_concurrency() / 2);
}

/// What is wrong with the URL by which other nodes reach this one; empty: nothing.
std::string fault_of_node_url(const std::string& url) {
  if (url.empty()) return {};
  try {
    return fetch::is_web(fetch::parse_uri(url)) ? "" : "Its scheme is neither http nor https.";
  } catch (const Error& error) {
    return error.what();
  }
}

std::chrono::seconds seconds(std::int64_t count) {
  return std::chrono::seconds{count};
}

}  // namespace

images::Limits image_limits(const config::Config& config) {
  return {.properties = config.get(images::image_property_quota),
          .tags = config.get(images::image_tag_quota),
          .locations = config.get(images::image_location_quota),
          .image_size = static_cast<std::uint64_t>(config.get(images::image_size_cap)),
          .hash_algorithm = config.get(images::hashing_algorithm),
          .formats = {.requires_match = config.get(images::require_image_format_match),
                      .tolerated_gpt_failures = config.get(images::gpt_safety_checks_nonfatal)}};
}

imports::PluginSettings plugin_settings(const config::Config& config) {
  const std::int64_t largest = config.get(images::image_size_cap);
  return {.names = config.get(imports::image_import_plugins),
          .ignored_roles = config.get(imports::ignore_user_roles),
          .injected = config.get(imports::inject),
          .decompressed_size =
              static_cast<std::uint64_t>(config.get(imports::decompressed_size_limit).value_or(largest)),
          .output_format = config.get(imports::conversion_output_format),
          .vmdk_types = config.get(imports::vmdk_allowed_types),
          .tolerated_gpt_failures = config.get(images::gpt_safety_checks_nonfatal)};
}

/// Of tasks of type import, which have a setting of their own for it, and nothing else.
imports::PluginSettings task_plugin_settings(const config::Config& config) {
  imports::PluginSettings settings = plugin_settings(config);
  const auto format = config.get(imports::task_conversion_format);
  settings.names = format ? TextList{"image_conversion"} : TextList{};
  settings.output_format = format.value_or("");
  return settings;
}

fetch::ClientSettings node_client_settings(const config::Config& config) {
  return {.ca_file = config.get(imports::node_ca_file),
          .certificate_file = {},
          .key_file = {},
          .proxies = {},
          .unproxied = {}};
}

imports::ImportSettings import_settings(const config::Config& config) {
  const std::string url = config.get(imports::worker_self_reference_url).value_or("");
  return {.methods = config.get(imports::enabled_import_methods),
          .remote_properties = config.get(imports::extra_properties),
          .parallel_stores = static_cast<std::size_t>(config.get(imports::max_parallel_stores).value_or(0)),
          .store_stall_timeout = seconds(config.get(imports::store_stall_timeout)),
          .failures_stay_importing = config.get(imports::failed_imports_stay_importing),
          .heartbeat = seconds(config.get(imports::task_heartbeat)),
          .glance_task_timeout = seconds(config.get(imports::glance_task_timeout)),
          .plugins = imports::make_plugins(plugin_settings(config)),
          .task_plugins = imports::make_plugins(task_plugin_settings(config)),
          .computes_digests = config.get(imports::do_secure_hash),
          .reading = {.attempts = static_cast<unsigned>(
                          std::max<std::int64_t>(1, config.get(imports::http_retries)))},
          .node_url = url.empty() ? config.get(api::public_endpoint).value_or("") : url};
}

std::uint64_t storage_quota(const config::Config& config) {
  const auto bytes = images::parse_storage_quota(config.get(images::user_storage_quota));
  if (!bytes) throw Error(ErrorCode::configuration, to_string(check_settings(config).front()));
  return *bytes;
}

std::vector<config::Finding> check_settings(const config::Config& config) {
  std::vector<config::Finding> findings;
  const std::string quota = config.get(images::user_storage_quota);
  if (!images::parse_storage_quota(quota)) {
    findings.push_back(config.where(images::user_storage_quota.group, images::user_storage_quota.name));
    findings.back().message = fmt::format(
        "[DEFAULT] user_storage_quota '{}' is no number of bytes. Write digits with B, KB, MB, GB or TB "
        "right "
        "behind them, such as 500GB, or 0 for no limit.",
        quota);
  }
  const auto check_plugins = [&](const imports::PluginSettings& plugins, const auto& option) {
    try {
      imports::make_plugins(plugins);
    } catch (const Error& error) {
      findings.push_back(config.where(option.group, option.name));
      findings.back().message = error.what();
    }
  };
  check_plugins(plugin_settings(config), imports::image_import_plugins);
  check_plugins(task_plugin_settings(config), imports::task_conversion_format);
  const std::string url = config.get(imports::worker_self_reference_url).value_or("");
  if (const std::string fault = fault_of_node_url(url); !fault.empty()) {
    findings.push_back(
        config.where(imports::worker_self_reference_url.group, imports::worker_self_reference_url.name));
    findings.back().message = fmt::format(
        "[DEFAULT] worker_self_reference_url is no URL that other nodes could reach this one by: {} "
        "Write one like http://node1.example:9292.",
        fault);
  }
  return findings;
}

api::ApiSettings api_settings(const config::Config& config) {
  api::ApiSettings settings;
  settings.page_size = static_cast<std::uint64_t>(config.get(api::limit_param_default));
  settings.max_page_size = static_cast<std::uint64_t>(config.get(api::api_limit_max));
  settings.max_request_id_length = static_cast<std::size_t>(config.get(api::max_request_id_length));
  settings.public_endpoint = config.get(api::public_endpoint).value_or("");
  settings.container_formats = config.get(api::container_formats);
  settings.disk_formats = config.get(api::disk_formats);
  settings.shows_locations = config.get(api::show_multiple_locations);
  settings.shows_direct_url = config.get(api::show_image_direct_url);
  settings.health = api::read_health_settings(config);
  settings.cors = api::read_cors(config);
  settings.proxy_headers = config.get(api::enable_proxy_headers_parsing) ? api::ProxyHeaders::believed
                                                                         : api::ProxyHeaders::ignored;
  return settings;
}

http::ServerSettings server_settings(const config::Config& config) {
  constexpr std::int64_t day = 86400;
  const std::int64_t socket_timeout = config.get(http::client_socket_timeout);
  http::ServerSettings settings;
  settings.endpoints = {{.host = config.get(http::bind_host),
                         .port = static_cast<std::uint16_t>(config.get(http::bind_port)),
                         .backlog = static_cast<int>(config.get(http::backlog))}};
  settings.tls = tls_settings(config);
  settings.io_threads = io_thread_count(config);
  settings.max_header_size = static_cast<std::size_t>(config.get(http::max_header_size));
  settings.max_text_body = static_cast<std::size_t>(config.get(http::max_json_body));
  settings.header_timeout = seconds(config.get(http::header_timeout));
  settings.idle_timeout = seconds(config.get(http::idle_timeout));
  settings.transfer_timeout =
      seconds(socket_timeout == 0 ? day : socket_timeout);  // Glance: 0 waits for ever
  settings.min_body_rate = static_cast<std::uint64_t>(config.get(http::min_body_rate));
  settings.keep_alive = config.get(http::http_keepalive);
  settings.tcp_keepidle = seconds(config.get(http::tcp_keepidle));
  return settings;
}

http::ServerSettings metrics_server_settings(const config::Config& config) {
  http::ServerSettings settings;
  if (const std::string address = config.get(metrics_address); !address.empty())
    settings.endpoints = {endpoint_of(address)};
  return settings;
}

}  // namespace vitrine::apps
