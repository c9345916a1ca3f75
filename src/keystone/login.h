#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "fetch/client.h"

namespace vitrine::keystone {

/// How this service logs in. Holds secrets: never log it.
struct Login {
  fetch::Uri identity;  ///< Keystone's API, version 3: its target ends in "/v3"
  std::string request;  ///< body of POST /auth/tokens
};

/// How Keystone is asked.
struct SessionSettings {
  Login login;
  fetch::ClientSettings client;
  std::string interface = "internal";  ///< of Keystone in the catalog
  std::string region;                  ///< likewise; empty: any
  unsigned retries = 3;
  /// Thrown to those who need a token when Keystone does not give this service one; nothing: that Keystone is
  /// unavailable.
  std::optional<Error> refusal = {};
};

/// A domain by its id or, if that is empty, its name.
struct Domain {
  std::string id = {};
  std::string name = {};
};

/// Who logs in. Holds secrets: never log it.
struct Account {
  std::string user = {};
  Domain user_domain = {};
  std::string password = {};
  std::string project = {};  ///< that the token is to be for
  Domain project_domain = {};
  /// Of an application credential, which then counts before everything else and has its own project.
  std::string credential_id = {};
  std::string credential_secret = {};
  /// Given to the user, for whose project the token then is; empty: none.
  std::string trust_id = {};
};

/// What an account logs in with: the body of POST /auth/tokens.
std::string login_request(const Account& account);

/// The login that the options in `group`, or in the section that its auth_section names, describe. What is
/// missing or makes no sense is a finding of severity error; the login then means nothing.
Login read_login(const config::Config& config, std::string_view group,
                 std::vector<config::Finding>& findings);

/// How Keystone is connected to, as the options in `group` say.
fetch::ClientSettings client_settings(const config::Config& config, std::string_view group);

/// [keystone_authtoken] as a whole; findings as above.
SessionSettings authtoken_settings(const config::Config& config, std::vector<config::Finding>& findings);

/// URL of the Keystone that [keystone_authtoken] names, which is where the tokens of callers are from. Empty
/// if it names none, or makes no sense.
std::string authtoken_address(const config::Config& config);

/// A URL of Keystone with /v3 at its end, whatever version stood there. Throws Error{invalid}.
fetch::Uri identity_uri(std::string_view url);

}  // namespace vitrine::keystone
