#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vitrine::model {

/// Who is calling, as the identity pipeline found out.
struct Caller {
  std::optional<std::string> user_id;
  std::optional<std::string> project_id;
  std::vector<std::string> roles;  ///< lower case
  bool is_admin = false;
};

}  // namespace vitrine::model
