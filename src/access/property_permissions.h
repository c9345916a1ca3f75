#pragma once

#include <memory>
#include <string_view>

#include "access/property_protections.h"
#include "model/caller.h"

namespace vitrine::access {

/// What one caller may do with custom properties, by the protections as they were when its request came.
/// Nothing is found out twice, so a list costs little more than its different names. Used by one thread.
class PropertyPermissions {
 public:
  /// Everything.
  PropertyPermissions() = default;
  /// `ask`: whether the caller passes a rule of the policy.
  PropertyPermissions(std::shared_ptr<const PropertyProtections> protections, const model::Caller& caller,
                      AskPolicy ask);

  bool allow(PropertyUse use, std::string_view property) const;

 private:
  struct Limited;
  std::shared_ptr<Limited> limited_;  ///< null: everything is allowed
};

}  // namespace vitrine::access
