#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vitrine::model {

/// The service that passes a user's request on, as its own token says.
struct CallingService {
  std::optional<std::string> user_id;
  std::optional<std::string> user_domain_id;
  std::optional<std::string> project_id;
  std::optional<std::string> project_domain_id;
  std::vector<std::string> roles;  ///< lower case
};

/// Who is calling, as the pipeline's identification found out.
struct Caller {
  bool is_identified = true;   ///< false: a service that asks nobody who he is
  bool may_only_read = false;  ///< anonymous, beside callers with an identity
  std::optional<std::string> user_id;
  std::optional<std::string> project_id;
  std::vector<std::string> roles;  ///< lower case
  bool is_admin = false;           ///< by the policy
  std::optional<std::string> user_domain_id;
  std::optional<std::string> project_domain_id;
  std::optional<std::string> domain_id;     ///< set: the token is for a whole domain, not for a project
  std::optional<std::string> system_scope;  ///< set: the token is for the whole cloud
  bool is_admin_project = true;
  CallingService service;
  /// The caller's own, for what is asked of other services on the caller's behalf; empty: none was shown. A
  /// secret that is stored nowhere.
  std::string token;
};

}  // namespace vitrine::model
