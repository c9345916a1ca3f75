#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "images/locations.h"
#include "model/image.h"

namespace vitrine::images {

/// Whether a text can be what the algorithm makes of some data, in hexadecimal. Throws Error{configuration}
/// if there is no such algorithm.
bool is_digest(std::string_view text, const std::string& algorithm);

/// Gives an image the digests that come with its locations. What it has already must be the same; more is
/// taken only while it is queued. Throws Error{conflict} for anything else, and for digests that
/// `hash_algorithm` cannot have made.
void apply_validation_data(model::Image& image, const std::vector<GivenLocation>& given,
                           const std::string& hash_algorithm);

}  // namespace vitrine::images
