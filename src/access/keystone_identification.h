#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/identification.h"
#include "config/config.h"
#include "keystone/token_validator.h"

namespace vitrine::access {

/// Which tokens are good enough.
struct TokenRules {
  /// Whether a request without a good token is anonymous, where anonymous callers are welcome.
  bool delays_decision = true;
  Anonymous anonymous = Anonymous::refused;
  std::vector<std::string> service_roles{"service"};
  /// Whether a token that has none of these roles may not be a service's.
  bool service_roles_required = true;
  std::string service_type;  ///< what access rules call this service; empty: no restricted credential works
  std::string challenge;     ///< the value of WWW-Authenticate
};

/// [keystone_authtoken] as far as it says which tokens are good enough; `delays_decision` is what the
/// pipeline says. What is wrong is a finding of severity error, what has no effect here a warning.
TokenRules token_rules(const config::Config& config, std::optional<bool> delays_decision,
                       std::vector<config::Finding>& findings);

/// Asks Keystone whose token it is that a request brings in X-Auth-Token, and which service brings it, if
/// there is X-Service-Token. Believes no other header.
class KeystoneIdentification : public Identification {
 public:
  /// The validator outlives it.
  KeystoneIdentification(keystone::TokenValidator& validator, TokenRules rules);

  model::Caller identify(const Presented& presented) override;
  std::string challenge() const override { return rules_.challenge; }
  std::vector<std::string> identifying_headers() const override;

 private:
  /// What a request's X-Service-Token is worth.
  struct Service {
    bool is_refused = false;
    bool has_role = false;
    keystone::Verdict token;  ///< null: there is none, or it is refused
  };

  Service service_of(const Presented& presented) const;
  bool may_make(const keystone::Token& token, const Presented& presented) const;

  keystone::TokenValidator& validator_;
  const TokenRules rules_;
};

/// A path as access rules are written for: decoded, and with any version of the API that means the same as
/// /v2 written so; nothing if it cannot be decoded.
std::optional<std::string> ruled_path(std::string_view path);

}  // namespace vitrine::access
