#include "stores/drivers/swift_settings.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/text.h"
#include "config/ini.h"
#include "stores/drivers/option_checks.h"

namespace vitrine::stores {
namespace {

struct Account {
  std::string auth_address;
  std::string user;  ///< or the id of an application credential
};

/// The account that the file has under the reference; nothing if the file cannot be read or has none.
std::optional<Account> read_account(const std::filesystem::path& file, const std::string& reference) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::optional<Account> account;
  for (const config::IniSection& section : config::parse_ini(text).sections) {
    if (section.name != reference) continue;
    account.emplace();
    for (const config::IniEntry& entry : section.entries) {
      if (entry.key == "auth_address") account->auth_address = without_quotes(entry.value);
      if (entry.key == "user" || entry.key == "application_credential_id")
        account->user = without_quotes(entry.value);
    }
  }
  return account;
}

std::optional<Account> account_of(const config::Config& config, std::string_view group) {
  if (const std::string file = config.get(swift_store_config_file, group).value_or(""); !file.empty()) {
    const auto path = config.find_file(file);
    return path ? read_account(*path, config.get(default_swift_reference, group)) : std::nullopt;
  }
  const std::string user = config.get(swift_store_user, group).value_or("");
  return Account{config.get(swift_store_auth_address, group).value_or(""),
                 user.empty() ? config.get(swift_store_application_credential_id, group).value_or("") : user};
}

config::Finding no_account(const config::Config& config, std::string_view group) {
  config::Finding finding = config.where(group, swift_store_config_file.name);
  finding.message = fmt::format(
      "[{}] {}: there is no such file, or it has no section [{}] with an auth_address and a user.", group,
      swift_store_config_file.name, config.get(default_swift_reference, group));
  return finding;
}

}  // namespace

OptionList swift_options() {
  return {&swift_store_container,
          &swift_store_multi_tenant,
          &swift_store_config_file,
          &default_swift_reference,
          &swift_store_auth_address,
          &swift_store_user,
          &swift_store_key,
          &swift_store_application_credential_id,
          &swift_store_application_credential_secret};
}

std::vector<config::Finding> check_swift_settings(const config::Config& config, std::string_view group) {
  if (config.get(swift_store_multi_tenant, group)) return {};
  if (!config.get(swift_store_config_file, group).value_or("").empty()) {
    const auto account = account_of(config, group);
    const bool is_complete = account && !account->auth_address.empty() && !account->user.empty();
    return is_complete ? std::vector<config::Finding>{}
                       : std::vector<config::Finding>{no_account(config, group)};
  }
  const bool has_credential = config.get(swift_store_application_credential_id, group).has_value();
  if (has_credential) {
    return missing_options(config, group, "swift with an application credential",
                           {&swift_store_auth_address, &swift_store_application_credential_secret});
  }
  return missing_options(config, group, "swift without a swift_store_config_file",
                         {&swift_store_auth_address, &swift_store_user, &swift_store_key});
}

std::vector<Place> swift_places(const config::Config& config, std::string_view group) {
  const std::string container = config.get(swift_store_container, group);
  const bool is_multi_tenant = config.get(swift_store_multi_tenant, group);
  const std::optional<Account> account =
      is_multi_tenant ? Account{"the catalog", "every project"} : account_of(config, group);
  if (!account || account->user.empty()) return {};
  std::string address = to_lower(account->auth_address);
  while (address.ends_with('/')) address.pop_back();
  // The user is kept out of the message: the option is a secret.
  return {{.shown = fmt::format("the container {} of an account at {}", container, address),
           .option = swift_store_container.name,
           .names = {fmt::format("swift {} {} {}", address, account->user, container)},
           .around = {}}};
}

}  // namespace vitrine::stores
