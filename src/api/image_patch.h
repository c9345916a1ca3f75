#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/image_schema.h"
#include "images/locations.h"
#include "model/image.h"

namespace vitrine::api {

/// One step of a JSON patch on an image, checked but not yet applied.
struct PatchStep {
  enum class Operation { add, replace, remove };
  Operation operation;
  std::string key;
  /// Of a step on `locations`: what the pointer says behind the key.
  std::optional<std::string> position = {};
  boost::json::value value = {};
};

/// The two media types that PATCH takes: `add` of an existing property is a conflict in the older one.
enum class PatchDialect { v2_0, v2_1 };

struct ImagePatch {
  PatchDialect dialect = PatchDialect::v2_1;
  std::vector<PatchStep> steps;
};

/// Which dialect a Content-Type names. Throws Error{unsupported_media_type}.
PatchDialect patch_dialect(std::string_view content_type);

/// The Accept-Patch header of a 415.
inline constexpr std::string_view accepted_patch_types =
    "application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch";

/// Checks the whole patch for everything that can be known without the image. Throws Error{invalid},
/// Error{forbidden}.
ImagePatch parse_image_patch(const boost::json::value& body, PatchDialect dialect, const ImageSchema& schema);

/// Throws if the step may not be taken on the image as the steps before it made it.
using StepCheck = std::function<void(const PatchStep& step)>;

/// Applies the steps in order, each after `check`. Throws what that throws, and Error{conflict} for a missing
/// or existing property, Error{forbidden}, and what the editor of locations throws.
void apply(const ImagePatch& patch, model::Image& image, images::LocationEditor& locations,
           const StepCheck& check);

}  // namespace vitrine::api
