#include "stores/drivers/cinder/cinder_settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "config/options.h"
#include "stores/drivers/cinder/cinder_location.h"
#include "stores/drivers/cinder/cinder_options.h"
#include "stores/drivers/option_checks.h"

namespace vitrine::stores {
namespace {

using config::Config;
using OptionalText = Option<std::optional<std::string>>;

constexpr std::string_view url_ending = "URL";
/// Without one that Glance marks it with, any number would do.
constexpr std::int64_t most_attempts = 1000;

std::string text_or_nothing(const Config& config, std::string_view group, const OptionalText& option) {
  return std::string(trim(config.get(option, group).value_or("")));
}

/// Of the store's own user, or where callers' tokens are from; empty: nobody says.
std::string configured_auth_address(const Config& config, std::string_view group) {
  const std::string address = text_or_nothing(config, group, cinder_store_auth_address);
  if (address.empty()) return keystone::authtoken_address(config);
  try {
    keystone::identity_uri(address);
    return address;
  } catch (const Error& error) {
    throw faulty(cinder_store_auth_address.name, error.what());
  }
}

/// `type:name:interface`, where the interface ends in "URL" or not.
keystone::EndpointChoice configured_endpoint(const Config& config, std::string_view group) {
  const std::vector<std::string> parts = split(config.get(cinder_catalog_info, group), ':');
  if (parts.size() != 3 || parts[0].empty() || parts[2].empty()) {
    throw faulty(cinder_catalog_info.name, "write type:name:interface, as volumev3::publicURL");
  }
  std::string interface = parts[2];
  if (interface.ends_with(url_ending)) interface.resize(interface.size() - url_ending.size());
  return {.type = parts[0],
          .interface = interface,
          .region = text_or_nothing(config, group, cinder_os_region_name),
          .name = parts[1]};
}

std::string configured_template(const Config& config, std::string_view group) {
  const std::string text = text_or_nothing(config, group, cinder_endpoint_template);
  if (text.empty()) return text;
  try {
    const fetch::Uri uri = fetch::parse_uri(endpoint_of(text, "0"));
    if (is_web(uri) && !uri.credentials) return text;
  } catch (const Error&) {  // said below
  }
  throw faulty(cinder_endpoint_template.name,
               "is no URL of Cinder's API; write https://host:8776/v3/%(project_id)s");
}

fetch::ClientSettings configured_cinder_client(const Config& config, std::string_view group) {
  return {.ca_file = readable_file(cinder_ca_certificates_file.name,
                                   text_or_nothing(config, group, cinder_ca_certificates_file)),
          .verifies_peers = !config.get(cinder_api_insecure, group)};
}

keystone::Account configured_account(const Config& config, std::string_view group) {
  const auto text = [&](const OptionalText& option) { return config.get(option, group).value_or(""); };
  return {.user = text(cinder_store_user_name),
          .user_domain = {.name = config.get(cinder_store_user_domain_name, group)},
          .password = text(cinder_store_password),
          .project = text(cinder_store_project_name),
          .project_domain = {.name = config.get(cinder_store_project_domain_name, group)},
          .credential_id = text(cinder_store_application_credential_id),
          .credential_secret = text(cinder_store_application_credential_secret)};
}

std::string host_name() {
  char name[256] = "";
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

/// As open-iscsi is configured, so that storage which knows this host by its name lets it in.
std::string initiator_of(const std::string& host) {
  std::ifstream file("/etc/iscsi/initiatorname.iscsi");
  constexpr std::string_view key = "InitiatorName=";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return std::string(trim(std::string_view(line).substr(key.size())));
  }
  return "iqn.2010-10.org.openstack:" + to_lower(host);
}

/// Locations name their store where there are several.
std::string store_id_of(const Config& config, std::string_view group) {
  return config.get(config::enabled_backends).empty() ? "" : std::string(group);
}

/// All of a user, or where callers find Cinder. Glance does not use some options of a user without the
/// others, which nobody can have meant.
std::vector<config::Finding> missing_of_login(const Config& config, std::string_view group) {
  const auto is_set = [&](const OptionalText& option) {
    return !text_or_nothing(config, group, option).empty();
  };
  if (is_set(cinder_store_application_credential_id)) {
    return missing_options(config, group, "cinder with an application credential",
                           {&cinder_store_auth_address, &cinder_store_application_credential_secret});
  }
  if (is_set(cinder_store_user_name) || is_set(cinder_store_password) || is_set(cinder_store_project_name)) {
    return missing_options(config, group, "cinder with a user of its own",
                           {&cinder_store_auth_address, &cinder_store_user_name, &cinder_store_password,
                            &cinder_store_project_name});
  }
  const bool is_known = is_set(cinder_store_auth_address) || is_set(cinder_endpoint_template) ||
                        !keystone::authtoken_address(config).empty();
  if (is_known) return {};
  auto findings =
      missing_options(config, group, "cinder without a user of its own", {&cinder_store_auth_address});
  for (config::Finding& finding : findings) {
    finding.message +=
        " It is the Keystone that callers' tokens are from. Or give the store a user with "
        "cinder_store_user_name and the options beside it.";
  }
  return findings;
}

}  // namespace

OptionList cinder_options() {
  return {&cinder_catalog_info,
          &cinder_endpoint_template,
          &cinder_os_region_name,
          &cinder_ca_certificates_file,
          &cinder_http_retries,
          &cinder_state_transition_timeout,
          &cinder_api_insecure,
          &cinder_store_auth_address,
          &cinder_store_user_name,
          &cinder_store_user_domain_name,
          &cinder_store_password,
          &cinder_store_application_credential_id,
          &cinder_store_application_credential_secret,
          &cinder_store_project_name,
          &cinder_store_project_domain_name,
          &cinder_volume_type,
          &cinder_use_multipath,
          &cinder_do_extend_attached,
          &cinder_attachment_retry_attempts,
          &cinder_ceph_conf_dir};
}

CinderSettings read_cinder_settings(const Config& config, std::string_view group) {
  CinderSettings settings;
  settings.store_id = store_id_of(config, group);
  settings.auth_address = configured_auth_address(config, group);
  settings.account = configured_account(config, group);
  settings.endpoint = configured_endpoint(config, group);
  settings.endpoint_template = configured_template(config, group);
  settings.volume_type = text_or_nothing(config, group, cinder_volume_type);
  settings.uses_multipath = config.get(cinder_use_multipath, group);
  settings.extends_attached = config.get(cinder_do_extend_attached, group);
  settings.attachment_attempts =
      static_cast<unsigned>(std::min(config.get(cinder_attachment_retry_attempts, group), most_attempts));
  settings.host = host_name();
  const std::int64_t seconds =
      std::min<std::int64_t>(config.get(cinder_state_transition_timeout, group), 86'400);
  settings.times.transition = std::chrono::seconds(seconds);
  settings.connectors.initiator = initiator_of(settings.host);
  settings.connectors.ceph_directory = config.get(cinder_ceph_conf_dir, group);
  settings.client = configured_cinder_client(config, group);
  settings.patience.attempts =
      static_cast<unsigned>(std::min(config.get(cinder_http_retries, group), most_attempts)) + 1;
  return settings;
}

std::vector<config::Finding> check_cinder_settings(const Config& config, std::string_view group) {
  auto findings = missing_of_login(config, group);
  if (!findings.empty()) return findings;
  return option_faults(
      config, group,
      {
          {cinder_store_auth_address.name, [&] { configured_auth_address(config, group); }},
          {cinder_catalog_info.name, [&] { configured_endpoint(config, group); }},
          {cinder_endpoint_template.name, [&] { configured_template(config, group); }},
          {cinder_ca_certificates_file.name, [&] { configured_cinder_client(config, group); }},
      });
}

std::string cinder_place(const CinderSettings& settings) {
  const keystone::Account& account = settings.account;
  std::string address = to_lower(settings.auth_address);
  while (address.ends_with('/')) address.pop_back();
  std::string owner = fmt::format("the project {} of {}", account.project, account.project_domain.name);
  if (!account.credential_id.empty()) {
    owner = fmt::format("the project of the application credential {}", account.credential_id);
  }
  if (!settings.has_own_user()) owner = "the projects of callers";
  const std::string type = settings.volume_type.empty() ? "the default type" : "type " + settings.volume_type;
  return fmt::format("the volumes of {} in {} at {}", type, owner, address);
}

std::vector<Place> cinder_places(const Config& config, std::string_view group) {
  const std::string shown = cinder_place(read_cinder_settings(config, group));
  return {{.shown = shown, .option = cinder_volume_type.name, .names = {shown}, .around = {}}};
}

std::vector<std::string> cinder_uri_prefixes(const Config& config, std::string_view group) {
  const std::string id = store_id_of(config, group);
  // Without the id every volume would be claimed, those of other stores too.
  return id.empty() ? std::vector<std::string>{} : std::vector{fmt::format("cinder://{}/", id)};
}

boost::json::object cinder_properties(const Config& config, std::string_view group) {
  boost::json::object properties;
  const auto type = config.get(cinder_volume_type, group);
  properties["volume_type"] = type ? boost::json::value(*type) : boost::json::value();
  properties["use_multipath"] = config.get(cinder_use_multipath, group);
  return properties;
}

}  // namespace vitrine::stores
