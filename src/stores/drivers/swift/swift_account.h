#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "fetch/uri.h"
#include "keystone/login.h"

/// Who a store is, towards Keystone or Swift.
namespace vitrine::stores {

/// One account. Holds secrets: never log it.
struct SwiftAccount {
  enum class Login { at_keystone, at_swift };  ///< the identity API's version 3, and Swift's own version 1

  Login login = Login::at_keystone;
  std::string auth_address;  ///< as it is configured
  std::string user;          ///< `project:user`; at Swift `account:user`
  std::string key;
  std::string credential_id;  ///< of an application credential, which then counts before user and key
  std::string credential_secret;
  keystone::Domain user_domain;
  keystone::Domain project_domain;
  std::string trust_id = {};  ///< given to the user, for whose project the login then is; empty: none
};

/// Accounts by the reference that locations name them by.
using SwiftAccounts = std::map<std::string, SwiftAccount>;

/// What `auth_version` means: "3" or "1". Throws Error{configuration}.
SwiftAccount::Login swift_login_of(std::string_view version);

/// Reads a file of accounts, each in a section whose name is its reference. A section that does not say all
/// that is needed is left out, as glance_store does it. Throws Error{configuration} if the file cannot be
/// read, or for a section with a quotation mark that is not closed or an unknown auth_version.
SwiftAccounts read_swift_accounts(const std::filesystem::path& file, SwiftAccount::Login usual);

/// The address to log in at, which is https if it does not say. Throws Error{configuration}.
fetch::Uri swift_auth_uri(const SwiftAccount& account);

/// Keystone there: its API's version 3. Throws as above.
fetch::Uri swift_identity_uri(const SwiftAccount& account);

/// The same account, as Keystone knows it.
keystone::Account keystone_account(const SwiftAccount& account);

/// Throws Error{configuration} unless the account can log in.
void check_swift_account(const SwiftAccount& account);

}  // namespace vitrine::stores
