#include "stores/drivers/swift/swift_account.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "config/ini.h"
#include "keystone/login.h"

namespace vitrine::stores {
namespace {

using Values = std::map<std::string, std::string>;

Error faulty_account(std::string_view what) {
  return Error(ErrorCode::configuration, std::string(what));
}

/// The same marks as glance_store takes off.
std::string unquoted(const config::IniEntry& entry, std::string_view section) {
  const std::string_view value = trim(entry.value);
  const std::string_view inner = without_quotes(value);
  const bool is_open =
      inner.size() == value.size() && !value.empty() && (value.front() == '"' || value.front() == '\'');
  if (is_open) {
    throw faulty_account(fmt::format("the account file has a quotation mark in [{}] {} that is not closed",
                                     section, entry.key));
  }
  return std::string(inner);
}

keystone::Domain domain_of(const Values& values, const std::string& kind) {
  const auto text = [&](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
  keystone::Domain domain{text(kind + "_domain_id"), text(kind + "_domain_name")};
  if (domain.id.empty() && domain.name.empty()) domain.id = "default";
  return domain;
}

SwiftAccount account_of(const Values& values, SwiftAccount::Login usual) {
  const auto text = [&](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
  const std::string version = text("auth_version");
  return {.login = version.empty() ? usual : swift_login_of(version),
          .auth_address = text("auth_address"),
          .user = text("user"),
          .key = text("key"),
          .credential_id = text("application_credential_id"),
          .credential_secret = text("application_credential_secret"),
          .user_domain = domain_of(values, "user"),
          .project_domain = domain_of(values, "project")};
}

bool is_complete(const SwiftAccount& account) {
  const bool has_key = !account.user.empty() && !account.key.empty();
  const bool has_credential = !account.credential_id.empty() && !account.credential_secret.empty();
  return !account.auth_address.empty() && (has_key || has_credential);
}

}  // namespace

SwiftAccount::Login swift_login_of(std::string_view version) {
  if (version == "3") return SwiftAccount::Login::at_keystone;
  if (version == "1") return SwiftAccount::Login::at_swift;
  if (version == "2") {
    throw faulty_account("version 2 of the identity API is known to no Keystone any more; write 3");
  }
  throw faulty_account(
      fmt::format("\"{}\" is no version to log in with; write 3 for Keystone, 1 for Swift itself", version));
}

SwiftAccounts read_swift_accounts(const std::filesystem::path& file, SwiftAccount::Login usual) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw faulty_account(fmt::format("{} cannot be read", file.string()));
  std::map<std::string, Values> sections;
  const config::IniFile ini = config::parse_ini(text);
  for (const config::IniSection& section : ini.sections) {
    Values& values = sections[section.name];
    for (const config::IniEntry& entry : section.entries) {
      values[to_lower(entry.key)] = unquoted(entry, section.name);
    }
  }
  // What stands there is for all of them.
  Values common;
  if (auto node = sections.extract("DEFAULT")) common = std::move(node.mapped());
  SwiftAccounts accounts;
  for (auto& [reference, values] : sections) {
    values.insert(common.begin(), common.end());
    SwiftAccount account = account_of(values, usual);
    if (is_complete(account)) accounts.emplace(reference, std::move(account));
  }
  return accounts;
}

fetch::Uri swift_auth_uri(const SwiftAccount& account) {
  const bool has_scheme = account.auth_address.find("://") != std::string::npos;
  try {
    fetch::Uri uri = fetch::parse_uri(has_scheme ? account.auth_address : "https://" + account.auth_address);
    if (is_web(uri) && !uri.credentials && uri.target.find('?') == std::string::npos) return uri;
  } catch (const Error&) {  // said below
  }
  throw faulty_account("the address to log in at is no URL; write https://host:5000/v3");
}

fetch::Uri swift_identity_uri(const SwiftAccount& account) {
  const fetch::Uri uri = swift_auth_uri(account);
  return keystone::identity_uri(origin_of(uri) + uri.target);
}

keystone::Account keystone_account(const SwiftAccount& account) {
  const auto colon = account.user.find(':');
  return {.user = account.user.substr(colon + 1),
          .user_domain = account.user_domain,
          .password = account.key,
          .project = account.user.substr(0, colon),
          .project_domain = account.project_domain,
          .credential_id = account.credential_id,
          .credential_secret = account.credential_secret,
          .trust_id = account.trust_id};
}

void check_swift_account(const SwiftAccount& account) {
  swift_auth_uri(account);
  const bool is_at_keystone = account.login == SwiftAccount::Login::at_keystone;
  if (!account.credential_id.empty()) {
    if (!is_at_keystone)
      throw faulty_account("an application credential is Keystone's; the auth version must be 3");
    return;
  }
  const auto colons = std::count(account.user.begin(), account.user.end(), ':');
  if (is_at_keystone && colons != 1)
    throw faulty_account("the user must be written as project:user, with one colon");
}

}  // namespace vitrine::stores
