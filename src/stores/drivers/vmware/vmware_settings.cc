#include "stores/drivers/vmware/vmware_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "stores/drivers/option_checks.h"
#include "stores/drivers/vmware/vmware_location.h"
#include "stores/drivers/vmware/vmware_options.h"

namespace vitrine::stores {
namespace {

using config::Config;

constexpr std::size_t sha1_digits = 40;
constexpr std::size_t sha256_digits = 64;

std::string text_of_option(const Config& config, std::string_view group,
                           const Option<std::optional<std::string>>& option) {
  std::string text = config.get(option, group).value_or("");
  if (text.empty()) throw faulty(option.name, "is not set");
  return text;
}

/// An IPv6 address needs no brackets if no port follows.
std::string address_of(const Config& config, std::string_view group) {
  const std::string text(trim(text_of_option(config, group, vmware_server_host)));
  const bool is_bare_ipv6 = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
  return is_bare_ipv6 ? "[" + text + "]" : text;
}

fetch::Uri configured_server(const Config& config, std::string_view group) {
  const std::string address = address_of(config, group);
  try {
    fetch::Uri uri = fetch::parse_uri("https://" + address);
    if (uri.target == "/" && !uri.credentials) return uri;
  } catch (const Error&) {  // said below
  }
  throw faulty(vmware_server_host.name, "is no address of a server; write host or host:port");
}

std::string configured_folder(const Config& config, std::string_view group) {
  const std::string text = config.get(vmware_store_image_dir, group);
  std::string_view folder = trim(text);
  while (folder.starts_with('/')) folder.remove_prefix(1);
  while (folder.ends_with('/')) folder.remove_suffix(1);
  if (is_datastore_path(folder)) return std::string(folder);
  throw faulty(vmware_store_image_dir.name,
               "is no folder on a datastore; write one or more names, as /images");
}

/// `datacenter:datastore` or `datacenter:datastore:weight`; colons before those belong to the datacenter.
VmwareDatastore parse_datastore(std::string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  const std::size_t ends = std::min<std::size_t>(parts.size(), 3) - 1;
  const std::string weight(ends == 2 ? trim(parts.back()) : "");
  VmwareDatastore datastore;
  datastore.name = trim(parts[parts.size() - std::max<std::size_t>(ends, 1)]);
  datastore.datacenter = trim(join({parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(ends)}, ":"));
  if (ends == 0 || datastore.name.empty() || datastore.datacenter.empty()) {
    throw faulty(vmware_datastores.name,
                 fmt::format("\"{}\" names no datastore; write datacenter:datastore", text));
  }
  const auto number = parse_integer(weight.starts_with('+') ? weight.substr(1) : weight);
  if (!number && !weight.empty()) {
    throw faulty(vmware_datastores.name,
                 fmt::format("\"{}\" ends with no weight; write a whole number, or nothing", text));
  }
  datastore.weight = number.value_or(0);
  return datastore;
}

std::vector<VmwareDatastore> configured_datastores(const Config& config, std::string_view group) {
  std::vector<VmwareDatastore> datastores;
  const MultiText texts = config.get(vmware_datastores, group);
  for (const std::string& text : texts.values) datastores.push_back(parse_datastore(text));
  if (datastores.empty()) throw faulty(vmware_datastores.name, "is not set");
  return datastores;
}

std::string configured_ca_file(const Config& config, std::string_view group) {
  return readable_file(vmware_ca_file.name, config.get(vmware_ca_file, group));
}

std::string configured_thumbprint(const Config& config, std::string_view group) {
  std::string digits = to_lower(trim(config.get(vmware_thumbprint, group)));
  std::erase(digits, ':');
  const bool is_hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  const bool is_digest = digits.size() == sha1_digits || digits.size() == sha256_digits;
  if (!digits.empty() && !(is_hex && is_digest)) {
    throw faulty(vmware_thumbprint.name,
                 "is neither a SHA-1 nor a SHA-256; write 40 or 64 hexadecimal digits");
  }
  if (!digits.empty() && !config.get(vmware_ca_file, group).empty()) {
    throw faulty(vmware_thumbprint.name, "cannot be set beside vmware_ca_file; take out one of them");
  }
  return digits;
}

fetch::ClientSettings configured_client(const Config& config, std::string_view group) {
  fetch::ClientSettings client;
  client.ca_file = configured_ca_file(config, group);
  client.fingerprint = configured_thumbprint(config, group);
  client.verifies_peers = !client.ca_file.empty() || !config.get(vmware_insecure, group);
  return client;
}

}  // namespace

VmwareSettings read_vmware_settings(const Config& config, std::string_view group) {
  VmwareSettings settings;
  settings.server = configured_server(config, group);
  settings.user = text_of_option(config, group, vmware_server_username);
  settings.password = text_of_option(config, group, vmware_server_password);
  settings.folder = configured_folder(config, group);
  settings.datastores = configured_datastores(config, group);
  settings.location_host = address_of(config, group);
  const std::int64_t interval = std::min<std::int64_t>(config.get(vmware_task_poll_interval, group), 86'400);
  settings.poll_interval = std::chrono::seconds(interval);
  settings.client = configured_client(config, group);
  const std::int64_t retries = std::min<std::int64_t>(config.get(vmware_api_retry_count, group), 1000);
  settings.patience.attempts = static_cast<unsigned>(retries) + 1;
  return settings;
}

std::vector<config::Finding> check_vmware_settings(const Config& config, std::string_view group) {
  std::vector<config::Finding> findings = missing_options(
      config, group, "vmware", {&vmware_server_host, &vmware_server_username, &vmware_server_password});
  if (config.get(vmware_datastores, group).values.empty()) {
    findings.push_back(config.find_group(group).value_or(config::Finding{}));
    findings.back().message = fmt::format(
        "[{}] A store of type vmware needs vmware_datastores. Name one, as datacenter:datastore.", group);
  }
  if (!findings.empty()) return findings;
  return option_faults(config, group,
                       {
                           {vmware_server_host.name, [&] { configured_server(config, group); }},
                           {vmware_store_image_dir.name, [&] { configured_folder(config, group); }},
                           {vmware_datastores.name, [&] { configured_datastores(config, group); }},
                           {vmware_ca_file.name, [&] { configured_ca_file(config, group); }},
                           {vmware_thumbprint.name, [&] { configured_thumbprint(config, group); }},
                       });
}

OptionList vmware_options() {
  return {
      &vmware_server_host,        &vmware_server_username, &vmware_server_password, &vmware_api_retry_count,
      &vmware_task_poll_interval, &vmware_store_image_dir, &vmware_insecure,        &vmware_ca_file,
      &vmware_thumbprint,         &vmware_datastores};
}

std::vector<Place> vmware_places(const Config& config, std::string_view group) {
  const std::string host = to_lower(address_of(config, group));
  const std::string folder = configured_folder(config, group);
  const std::vector<VmwareDatastore> datastores = configured_datastores(config, group);
  std::vector<Place> places;
  for (const VmwareDatastore& datastore : datastores) {
    std::string_view datacenter = datastore.datacenter;
    while (datacenter.starts_with('/')) datacenter.remove_prefix(1);
    const std::string name = fmt::format("{}:{}", datacenter, datastore.name);
    places.push_back({.shown = fmt::format("the folder /{} of the datastore {} at {}", folder, name, host),
                      .option = vmware_datastores.name,
                      .names = {fmt::format("vmware {} {} /{}", host, name, folder)},
                      .around = {}});
  }
  return places;
}

std::vector<std::string> vmware_uri_prefixes(const Config& config, std::string_view group) {
  const VmwareLocation nameless{.host = address_of(config, group),
                                .path = configured_folder(config, group) + "/"};
  const std::string uri = to_uri(nameless);
  return {uri.substr(0, uri.find('?'))};
}

}  // namespace vitrine::stores
