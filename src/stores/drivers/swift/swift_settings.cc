#include "stores/drivers/swift/swift_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "keystone/login.h"
#include "stores/drivers/option_checks.h"
#include "stores/drivers/swift/swift_location.h"
#include "stores/drivers/swift/swift_options.h"

namespace vitrine::stores {
namespace {

using config::Config;

constexpr std::uint64_t megabyte = 1'024'000;  // as glance_store counts

/// What throws Error{configuration}, as the fault of this option.
template <class Call>
auto as_fault_of(std::string_view option, const Call& call) {
  try {
    return call();
  } catch (const Error& error) {
    throw faulty(option, error.what());
  }
}

std::string account_file(const Config& config, std::string_view group) {
  return config.get(swift_store_config_file, group).value_or("");
}

SwiftAccount::Login configured_login(const Config& config, std::string_view group) {
  return as_fault_of(swift_store_auth_version.name,
                     [&] { return swift_login_of(config.get(swift_store_auth_version, group)); });
}

SwiftAccount account_of_options(const Config& config, std::string_view group) {
  return {.login = configured_login(config, group),
          .auth_address = config.get(swift_store_auth_address, group).value_or(""),
          .user = config.get(swift_store_user, group).value_or(""),
          .key = config.get(swift_store_key, group).value_or(""),
          .credential_id = config.get(swift_store_application_credential_id, group).value_or(""),
          .credential_secret = config.get(swift_store_application_credential_secret, group).value_or(""),
          .user_domain = {.id = "default", .name = {}},
          .project_domain = {.id = "default", .name = {}}};
}

SwiftAccounts accounts_of_file(const Config& config, std::string_view group, const std::string& file) {
  const std::string reference = config.get(default_swift_reference, group);
  const SwiftAccount::Login usual = configured_login(config, group);
  const auto path = config.find_file(file);
  SwiftAccounts accounts;
  if (path) {
    accounts = as_fault_of(swift_store_config_file.name, [&] { return read_swift_accounts(*path, usual); });
  }
  if (!accounts.contains(reference)) {
    throw faulty(swift_store_config_file.name,
                 fmt::format("there is no such file, or it has no section [{}] with an auth_address and a "
                             "user with a key. Write one, or set default_swift_reference",
                             reference));
  }
  as_fault_of(swift_store_config_file.name, [&] { check_swift_account(accounts.at(reference)); });
  return accounts;
}

SwiftAccounts configured_accounts(const Config& config, std::string_view group) {
  const std::string reference = config.get(default_swift_reference, group);
  if (const std::string file = account_file(config, group); !file.empty()) {
    return accounts_of_file(config, group, file);
  }
  SwiftAccount account = account_of_options(config, group);
  as_fault_of(swift_store_auth_address.name, [&] { check_swift_account(account); });
  return {{reference, std::move(account)}};
}

SwiftEndpointChoice configured_choice(const Config& config, std::string_view group) {
  SwiftEndpointChoice choice;
  choice.service_type = config.get(swift_store_service_type, group);
  choice.interface = config.get(swift_store_endpoint_type, group);
  choice.interface.resize(choice.interface.size() - std::string_view("URL").size());
  choice.region = config.get(swift_store_region, group);
  const std::string fixed = config.get(swift_store_endpoint, group);
  if (fixed.empty()) return choice;
  try {
    choice.fixed = fetch::parse_uri(fixed);
  } catch (const Error&) {  // said below
  }
  if (choice.fixed && is_web(*choice.fixed) && !choice.fixed->credentials) return choice;
  throw faulty(swift_store_endpoint.name, "is no URL of an account; write https://host/v1/AUTH_account");
}

SwiftSegmentSizes configured_segments(const Config& config, std::string_view group) {
  SwiftSegmentSizes sizes;
  sizes.large_from = static_cast<std::uint64_t>(config.get(swift_store_large_object_size, group)) * megabyte;
  sizes.segment =
      static_cast<std::uint64_t>(config.get(swift_store_large_object_chunk_size, group)) * megabyte;
  sizes.is_static = config.get(swift_store_static_large_objects, group);
  return sizes;
}

fetch::ClientSettings configured_http(const Config& config, std::string_view group) {
  return {.ca_file = readable_file(swift_store_cacert.name, config.get(swift_store_cacert, group)),
          .verifies_peers = !config.get(swift_store_auth_insecure, group)};
}

std::string configured_container(const Config& config, std::string_view group) {
  const std::string container = config.get(swift_store_container, group);
  if (container.empty() || container.find('/') != std::string::npos) {
    throw faulty(swift_store_container.name, "is no name of a container: it is empty, or has a slash");
  }
  return container;
}

/// Where the catalogs of callers are: the Keystone of the store's own account, or that of the service.
std::string identity_address(const Config& config, std::string_view group) {
  if (const auto address = config.get(swift_store_auth_address, group); address && !address->empty()) {
    return fetch::origin_of(as_fault_of(swift_store_auth_address.name,
                                        [&] { return swift_auth_uri({.auth_address = *address}); })) +
           swift_auth_uri({.auth_address = *address}).target;
  }
  return keystone::authtoken_address(config);
}

void require_projects_known(const Config& config, std::string_view group) {
  if (!config.get(swift_store_multi_tenant, group)) return;
  if (!account_file(config, group).empty()) {
    throw faulty(swift_store_multi_tenant.name,
                 "images in the accounts of projects need no swift_store_config_file. Unset one of the two");
  }
  if (config.get(swift_store_endpoint, group).empty() && identity_address(config, group).empty()) {
    throw faulty(
        swift_store_multi_tenant.name,
        "nobody knows where the projects' accounts are. Set swift_store_auth_address to Keystone, or "
        "swift_store_endpoint");
  }
}

/// The service's own account, which is not needed where projects have theirs.
SwiftAccounts optional_account(const Config& config, std::string_view group) {
  const SwiftAccount account = account_of_options(config, group);
  const bool is_there = account.credential_id.empty() ? !account.user.empty() : true;
  return is_there && !account.auth_address.empty() ? configured_accounts(config, group) : SwiftAccounts{};
}

}  // namespace

OptionList swift_options() {
  return {&swift_store_container,
          &swift_store_multiple_containers_seed,
          &swift_store_create_container_on_put,
          &swift_store_multi_tenant,
          &swift_store_admin_tenants,
          &swift_store_use_trusts,
          &swift_store_config_file,
          &default_swift_reference,
          &swift_store_auth_version,
          &swift_store_auth_address,
          &swift_store_user,
          &swift_store_key,
          &swift_store_application_credential_id,
          &swift_store_application_credential_secret,
          &swift_store_auth_insecure,
          &swift_store_cacert,
          &swift_store_region,
          &swift_store_endpoint,
          &swift_store_endpoint_type,
          &swift_store_service_type,
          &swift_store_large_object_size,
          &swift_store_large_object_chunk_size,
          &swift_store_static_large_objects,
          &swift_store_retry_get_count,
          &swift_store_expire_soon_interval};
}

SwiftSettings read_swift_settings(const Config& config, std::string_view group) {
  require_projects_known(config, group);
  SwiftSettings settings;
  settings.is_multi_tenant = config.get(swift_store_multi_tenant, group);
  settings.uses_trusts = config.get(swift_store_use_trusts, group);
  settings.admin_projects = config.get(swift_store_admin_tenants, group);
  if (settings.is_multi_tenant) settings.identity_address = identity_address(config, group);
  settings.accounts =
      settings.is_multi_tenant ? optional_account(config, group) : configured_accounts(config, group);
  settings.reference = config.get(default_swift_reference, group);
  settings.has_account_file = !account_file(config, group).empty();
  settings.endpoint = configured_choice(config, group);
  settings.container = configured_container(config, group);
  settings.seed = static_cast<std::size_t>(config.get(swift_store_multiple_containers_seed, group));
  settings.creates_containers = config.get(swift_store_create_container_on_put, group);
  settings.sizes = configured_segments(config, group);
  settings.renewal_time = std::chrono::seconds(config.get(swift_store_expire_soon_interval, group));
  settings.client = configured_http(config, group);
  const auto attempts = static_cast<unsigned>(config.get(swift_store_retry_get_count, group)) + 1;
  settings.patience.attempts = std::max(settings.patience.attempts, attempts);
  return settings;
}

std::vector<config::Finding> check_swift_settings(const Config& config, std::string_view group) {
  if (account_file(config, group).empty() && !config.get(swift_store_multi_tenant, group)) {
    const bool has_credential = config.get(swift_store_application_credential_id, group).has_value();
    auto findings =
        has_credential
            ? missing_options(config, group, "swift with an application credential",
                              {&swift_store_auth_address, &swift_store_application_credential_secret})
            : missing_options(config, group, "swift without a swift_store_config_file",
                              {&swift_store_auth_address, &swift_store_user, &swift_store_key});
    if (!findings.empty()) return findings;
  }
  return option_faults(
      config, group,
      {
          {swift_store_multi_tenant.name, [&] { require_projects_known(config, group); }},
          {account_file(config, group).empty() ? swift_store_auth_address.name : swift_store_config_file.name,
           [&] {
             const bool is_multi_tenant = config.get(swift_store_multi_tenant, group);
             is_multi_tenant ? optional_account(config, group) : configured_accounts(config, group);
           }},
          {swift_store_endpoint.name, [&] { configured_choice(config, group); }},
          {swift_store_container.name, [&] { configured_container(config, group); }},
          {swift_store_cacert.name, [&] { configured_http(config, group); }},
      });
}

std::vector<Place> swift_places(const Config& config, std::string_view group) {
  const std::string container = config.get(swift_store_container, group);
  const bool is_multi_tenant = config.get(swift_store_multi_tenant, group);
  const SwiftAccount account =
      is_multi_tenant ? SwiftAccount{.auth_address = "the catalog", .user = "every project"}
                      : configured_accounts(config, group).at(config.get(default_swift_reference, group));
  std::string address = to_lower(account.auth_address);
  while (address.ends_with('/')) address.pop_back();
  const std::string& owner = account.user.empty() ? account.credential_id : account.user;
  // The user is kept out of the message: the option is a secret.
  return {{.shown = fmt::format("the container {} of an account at {}", container, address),
           .option = swift_store_container.name,
           .names = {fmt::format("swift {} {} {}", address, owner, container)},
           .around = {}}};
}

std::vector<std::string> swift_uri_prefixes(const Config& config, std::string_view group) {
  const SwiftSettings settings = read_swift_settings(config, group);
  if (settings.is_multi_tenant) {  // whose accounts are anywhere, unless they are all one
    if (!settings.endpoint.fixed) return {};
    const std::string of_blob = to_uri(swift_location_in(*settings.endpoint.fixed, settings, "x"));
    return {of_blob.substr(0, of_blob.rfind("_x/") + 1)};
  }
  SwiftLocation location = new_swift_location(settings, "x");
  location.container = settings.container;
  const std::string uri = to_uri(location);
  // Containers' names begin alike if there are several.
  const std::string start = uri.substr(0, uri.rfind('/'));
  return {start + (settings.seed == 0 ? "/" : "_")};
}

boost::json::object swift_properties(const Config& config, std::string_view group) {
  const SwiftSegmentSizes sizes = configured_segments(config, group);
  return {{"container", config.get(swift_store_container, group)},
          {"large_object_size", sizes.large_from},
          {"large_object_chunk_size", sizes.segment}};
}

std::string swift_container_of(const SwiftSettings& settings, std::string_view name) {
  if (settings.seed == 0) return settings.container;
  const std::string id = to_lower(name);
  const auto dashes = std::count(
      id.begin(), id.begin() + static_cast<std::ptrdiff_t>(std::min(settings.seed, id.size())), '-');
  return settings.container + "_" + id.substr(0, settings.seed + static_cast<std::size_t>(dashes));
}

}  // namespace vitrine::stores
