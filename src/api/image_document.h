#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <vector>

#include "access/property_permissions.h"
#include "api/image_schema.h"
#include "api/json_writer.h"
#include "model/caller.h"
#include "model/image.h"
#include "stores/store_set.h"

namespace vitrine::api {

/// What an image's document tells of where the data lies, and how it tells of custom properties.
struct DataView {
  const stores::StoreSet& stores;
  bool has_locations = false;
  bool has_direct_url = false;
  const ImageSchema* schema = nullptr;  ///< null: no custom property is described
  access::PropertyPermissions properties = {};
};

/// Writes an image as the API shows it to the caller: custom properties first, then the base fields, in
/// Glance's order.
void write_image(JsonWriter& writer, const model::Image& image, const model::Caller& caller,
                 const DataView& view);

/// An array with URL and metadata of each, without what is secret in the URL.
void write_locations(JsonWriter& writer, const std::vector<model::ImageLocation>& locations);

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
