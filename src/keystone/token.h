#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "keystone/access_rules.h"

namespace vitrine::keystone {

/// A thing with an id and a name in a domain; empty where the token says nothing.
struct Named {
  std::string id;
  std::string name;
  std::string domain_id;
  std::string domain_name;
};

/// What Keystone says of a token: who holds it, and for what.
struct Token {
  Named user;
  std::optional<Named> project;
  std::optional<Named> domain;  ///< the token is for a whole domain; of it only id and name
  bool is_for_system = false;   ///< the token is for the whole cloud
  bool is_admin_project = true;
  std::vector<std::string> roles;  ///< names, as Keystone writes them
  Timestamp expires_at;
  std::vector<std::string> audit_ids;
  /// What the application credential that made the token may do; nothing: it is not restricted, or there is
  /// none.
  std::optional<AccessRules> access_rules;
  /// To a client, as Keystone has not made tokens for a long time; whether it is this one, nobody here could
  /// say.
  bool is_bound = false;
  /// Types of the services in the catalog; nothing if the answer held no catalog.
  std::optional<std::vector<std::string>> service_types;

  bool is_expired(Timestamp now) const { return expires_at <= now; }
};

/// Reads {"token": {…}}. Throws Error{unavailable} if it is not understood.
Token parse_token(std::string_view text);

/// The same of what stands behind "token".
Token token_of(const boost::json::object& token);

}  // namespace vitrine::keystone
