#pragma once

#include <optional>
#include <string_view>

namespace vitrine::model {

enum class ImageStatus {
  queued,
  saving,
  uploading,
  importing,
  active,
  deactivated,
  killed,
  pending_delete,
  deleted,
};

std::string_view to_string(ImageStatus status);
std::optional<ImageStatus> parse_image_status(std::string_view text);

/// Whether the status machine allows the step. Staying in a status is no step.
bool may_become(ImageStatus from, ImageStatus to);

struct Image;

/// Takes the step or throws Error{conflict}; Error{invalid} when the image still lacks the formats that data
/// needs. Entering `queued` forgets the sizes, as nothing is known of data that is not there.
void change_status(Image& image, ImageStatus to);

}  // namespace vitrine::model
