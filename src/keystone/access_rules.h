#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::keystone {

/// A request that a restricted application credential may make.
struct AccessRule {
  std::string method;
  std::string path;  ///< `*` and `{name}` stand for a part between slashes, `**` for anything
  std::string service;
};
using AccessRules = std::vector<AccessRule>;

/// A request as rules see it.
struct RuledRequest {
  std::string_view service;  ///< this service's type
  std::string_view method;
  std::string_view path;  ///< decoded, without the query
};

bool allows(const AccessRules& rules, const RuledRequest& request);

bool path_matches(std::string_view pattern, std::string_view path);

}  // namespace vitrine::keystone
