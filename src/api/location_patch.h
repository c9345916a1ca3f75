#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "api/image_patch.h"
#include "images/locations.h"

namespace vitrine::api {

inline constexpr std::string_view locations_key = "locations";

/// Checks a step on `locations` for what can be known without the image. Throws Error{invalid}.
void check_location_step(const PatchStep& step, const ImageSchema& schema);

/// Applies a step that was checked; throws as LocationEditor does, and Error{invalid} for a position that is
/// none.
void apply_location_step(const PatchStep& step, model::Image& image, images::LocationEditor& editor);

/// Throws Error{forbidden} if the patch touches locations.
void refuse_location_steps(const ImagePatch& patch);

}  // namespace vitrine::api
