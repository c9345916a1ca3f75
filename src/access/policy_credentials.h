#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "model/caller.h"

namespace vitrine::access {

/// Who asks, as far as rules may know: credentials by their names in oslo.policy. Made once for a request;
/// may be shared between threads.
class Credentials {
 public:
  explicit Credentials(const model::Caller& caller);
  /// With names of one's own; "roles" is a list of texts.
  explicit Credentials(boost::json::object values) : values_(std::move(values)) {}

  /// In any case of letters.
  bool has_role(std::string_view role) const;

  /// Whether the credential at the end of the path has this text; of a list, whether one of its members has.
  bool has(std::span<const std::string> path, std::string_view text) const;

  /// Whether they are good for a project, not for a domain or the whole system. Who has no token that says
  /// otherwise counts as a project's.
  bool are_for_project() const;

  const boost::json::object& document() const { return values_; }

 private:
  boost::json::object values_;
};

}  // namespace vitrine::access
