#include "fetch/options.h"

namespace vitrine::fetch {

OptionList options() {
  return {&allowed_schemes,
          &disallowed_schemes,
          &allowed_hosts,
          &disallowed_hosts,
          &allowed_ports,
          &disallowed_ports,
          &import_from_global_addresses_only,
          &import_connect_timeout,
          &import_read_timeout,
          &import_total_timeout,
          &import_attempts,
          &import_ca_file};
}

UriFilter filter_of(const config::Config& config) {
  return UriFilter({.schemes = {config.get(allowed_schemes), config.get(disallowed_schemes)},
                    .hosts = {config.get(allowed_hosts), config.get(disallowed_hosts)},
                    .ports = {config.get(allowed_ports), config.get(disallowed_ports)}});
}

Admission admission_of(const config::Config& config) {
  const bool is_global = config.get(import_from_global_addresses_only);
  return {filter_of(config), is_global ? Vicinity::global : Vicinity::site};
}

DownloadSettings download_settings_of(const config::Config& config, Proxies proxies) {
  const auto seconds = [&](const Option<std::int64_t>& option) {
    return std::chrono::seconds(config.get(option));
  };
  DownloadSettings settings;
  settings.client.connect_timeout = seconds(import_connect_timeout);
  settings.client.read_timeout = seconds(import_read_timeout);
  settings.client.ca_file = config.get(import_ca_file);
  settings.client.proxies = std::move(proxies.by_scheme);
  settings.client.unproxied = std::move(proxies.exempt);
  settings.total_timeout = seconds(import_total_timeout);
  settings.patience.attempts = static_cast<unsigned>(config.get(import_attempts));
  return settings;
}

}  // namespace vitrine::fetch
