#pragma once

#include <optional>
#include <string>

namespace vitrine::model {

/// A project's id; nothing: that of what belongs to nobody.
using Project = std::optional<std::string>;

/// What is counted of a project's images, so that it can be limited.
enum class Quantity {
  stored_bytes,      ///< in stores: an image's size as often as it has locations
  staged_bytes,      ///< of images whose import is prepared or under way
  images,            ///< that are there, with data or without
  images_under_way,  ///< whose data is coming in: uploads, imports, copies
};

}  // namespace vitrine::model
