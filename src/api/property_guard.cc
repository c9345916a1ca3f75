#include "api/property_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "api/image_document.h"
#include "api/location_patch.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

using access::PropertyUse;
using Operation = PatchStep::Operation;

void require(const access::PropertyPermissions& permissions, PropertyUse use, std::string_view property) {
  if (permissions.allow(use, property)) return;
  throw Error(ErrorCode::forbidden,
              fmt::format("Property '{}' is protected; this operation on it is left to others.", property));
}

bool is_custom(const PatchStep& step) {
  return step.key != locations_key && rule_of_key(step.key) != KeyRule::settable;
}

/// Whether apply() refuses the step for what the image has or has not.
bool is_conflict(const PatchStep& step, PatchDialect dialect, bool exists) {
  if (step.operation == Operation::add) return exists && dialect == PatchDialect::v2_0;
  return !exists;
}

}  // namespace

void require_new_properties(const access::PropertyPermissions& permissions, const model::Image& wanted) {
  for (const model::Property& property : wanted.properties) {
    require(permissions, PropertyUse::create, property.name);
  }
}

void require_property_step(const access::PropertyPermissions& permissions, const PatchStep& step,
                           PatchDialect dialect, const model::Image& image) {
  const bool exists = image.find_property(step.key) != nullptr;
  if (!is_custom(step) || is_conflict(step, dialect, exists)) return;
  if (step.operation == Operation::remove) return require(permissions, PropertyUse::remove, step.key);
  require(permissions, exists ? PropertyUse::update : PropertyUse::create, step.key);
}

std::vector<model::Property> take_hidden_properties(const access::PropertyPermissions& permissions,
                                                    model::Image& image) {
  const auto hidden = std::stable_partition(
      image.properties.begin(), image.properties.end(),
      [&](const model::Property& property) { return permissions.allow(PropertyUse::read, property.name); });
  std::vector<model::Property> taken(std::make_move_iterator(hidden),
                                     std::make_move_iterator(image.properties.end()));
  image.properties.erase(hidden, image.properties.end());
  return taken;
}

void put_back(const std::vector<model::Property>& hidden, model::Image& image) {
  for (const model::Property& property : hidden) {
    if (image.find_property(property.name) == nullptr) image.properties.push_back(property);
  }
}

}  // namespace vitrine::api
