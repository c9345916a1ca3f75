#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "api/json_writer.h"
#include "model/image.h"

namespace vitrine::api {

/// Writes an image as the API shows it: custom properties first, then the base fields, in Glance's order.
void write_image(JsonWriter& writer, const model::Image& image);

/// What may be done with a key of an image's document in a request.
enum class KeyRule {
  settable,   ///< a base field that clients write
  custom,     ///< a custom property
  read_only,  ///< kept by the service: 403
  reserved,   ///< names that the service keeps for itself: 403
};

KeyRule rule_of_key(std::string_view key);

/// Sets one settable or custom key from a value that fits the schema. Throws Error{invalid} for a value that
/// the database cannot hold, Error{forbidden} for a key that clients do not write.
void set_image_key(model::Image& image, std::string_view key, const boost::json::value& value);

}  // namespace vitrine::api
