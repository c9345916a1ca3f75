#pragma once

#include <string>
#include <string_view>
#include <vector>

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
};

/// The login that the options in `group`, or in the section that its auth_section names, describe. What is
/// missing or makes no sense is a finding of severity error; the login then means nothing.
Login read_login(const config::Config& config, std::string_view group,
                 std::vector<config::Finding>& findings);

/// How Keystone is connected to, as the options in `group` say.
fetch::ClientSettings client_settings(const config::Config& config, std::string_view group);

/// [keystone_authtoken] as a whole; findings as above.
SessionSettings authtoken_settings(const config::Config& config, std::vector<config::Finding>& findings);

/// A URL of Keystone with /v3 at its end, whatever version stood there. Throws Error{invalid}.
fetch::Uri identity_uri(std::string_view url);

}  // namespace vitrine::keystone
