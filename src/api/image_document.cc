#include "api/image_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <unordered_set>

#include "api/json_text.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/text.h"
#include "images/locations.h"
#include "stores/driver_rules.h"
#include "stores/store_plan.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;
using Locations = std::vector<model::ImageLocation>;

constexpr std::int64_t largest_int = 2147483647;  // INTEGER of the schema
constexpr std::size_t longest_key = 255;          // characters, image_properties.name
constexpr std::size_t longest_value = 65535;      // bytes, TEXT on MySQL
// Counted while they come: each is looked for among the others, and the quota is asked only about the whole.
constexpr std::size_t most_properties = 4096;

struct KeyRow {
  std::string_view key;
  KeyRule rule;
};

constexpr std::array key_table = {
    KeyRow{"name", KeyRule::settable},
    KeyRow{"visibility", KeyRule::settable},
    KeyRow{"protected", KeyRule::settable},
    KeyRow{"os_hidden", KeyRule::settable},
    KeyRow{"owner", KeyRule::settable},
    KeyRow{"container_format", KeyRule::settable},
    KeyRow{"disk_format", KeyRule::settable},
    KeyRow{"min_ram", KeyRule::settable},
    KeyRow{"min_disk", KeyRule::settable},
    KeyRow{"tags", KeyRule::settable},
    KeyRow{"id", KeyRule::read_only},
    KeyRow{"status", KeyRule::read_only},
    KeyRow{"checksum", KeyRule::read_only},
    KeyRow{"size", KeyRule::read_only},
    KeyRow{"virtual_size", KeyRule::read_only},
    KeyRow{"created_at", KeyRule::read_only},
    KeyRow{"updated_at", KeyRule::read_only},
    KeyRow{"os_hash_algo", KeyRule::read_only},
    KeyRow{"os_hash_value", KeyRule::read_only},
    KeyRow{"direct_url", KeyRule::read_only},
    KeyRow{"self", KeyRule::read_only},
    KeyRow{"file", KeyRule::read_only},
    KeyRow{"schema", KeyRule::read_only},
    KeyRow{"stores", KeyRule::read_only},
    KeyRow{"location", KeyRule::reserved},
    KeyRow{"locations", KeyRule::reserved},
    KeyRow{"deleted", KeyRule::reserved},
    KeyRow{"deleted_at", KeyRule::reserved},
};

// Where staged data and running hash calculations live; other nodes' business, not clients'.
constexpr std::array hidden_properties = {"os_glance_stage_host", "os_glance_hash_op_host"};

/// A property of Glance's first API may bear the name of a field; the field wins.
bool is_shown(std::string_view property_name) {
  const bool is_hidden =
      std::find(hidden_properties.begin(), hidden_properties.end(), property_name) != hidden_properties.end();
  const KeyRule rule = rule_of_key(property_name);
  return !is_hidden &&
         (rule == KeyRule::custom || property_name.starts_with(model::reserved_property_prefix));
}

void require_storable(std::string_view key, std::string_view text) {
  if (has_four_byte_character(text)) {
    throw Error(ErrorCode::invalid, fmt::format("{} holds a character outside Unicode's basic plane (such as "
                                                "an emoji), which the database cannot store.",
                                                key));
  }
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::invalid, fmt::format("{} holds a NUL character.", key));
  }
}

std::string text_value(std::string_view key, const json::value& value) {
  std::string text(value.as_string());
  require_storable(key, text);
  return text;
}

std::optional<std::string> optional_text(std::string_view key, const json::value& value) {
  if (value.is_null()) return {};
  return text_value(key, value);
}

std::int64_t small_count(std::string_view key, const json::value& value) {
  const std::int64_t count = value.is_uint64() ? largest_int + 1 : value.as_int64();
  if (count < 0 || count > largest_int) {
    throw Error(ErrorCode::invalid, fmt::format("{} must lie between 0 and {}.", key, largest_int));
  }
  return count;
}

std::vector<std::string> tags_of(const json::value& value) {
  std::vector<std::string> tags;
  std::unordered_set<std::string> seen;
  for (const json::value& element : value.as_array()) {
    std::string tag = text_value("A tag", element);
    if (seen.insert(tag).second) tags.push_back(std::move(tag));
  }
  return tags;
}

void set_format(model::Image& image, std::optional<std::string>& field, std::string_view key,
                const json::value& value) {
  if (image.status != model::ImageStatus::queued && image.status != model::ImageStatus::importing) {
    throw Error(ErrorCode::forbidden,
                fmt::format("{} can only be changed while the image is queued or importing.", key));
  }
  field = optional_text(key, value);
}

void set_base_field(model::Image& image, std::string_view key, const json::value& value) {
  if (key == "name")
    image.name = optional_text(key, value);
  else if (key == "visibility")
    image.visibility = model::parse_visibility(value.as_string()).value();
  else if (key == "protected")
    image.is_protected = value.as_bool();
  else if (key == "os_hidden")
    image.is_hidden = value.as_bool();
  else if (key == "owner")
    image.owner = optional_text(key, value);
  else if (key == "container_format")
    set_format(image, image.container_format, key, value);
  else if (key == "disk_format")
    set_format(image, image.disk_format, key, value);
  else if (key == "min_ram")
    image.min_ram = small_count(key, value);
  else if (key == "min_disk")
    image.min_disk = small_count(key, value);
  else if (key == "tags")
    image.tags = tags_of(value);
}

/// A custom property is kept as text, whatever the operator's schema lets clients write. Flags become what
/// Glance makes of them.
std::optional<std::string> property_text(std::string_view key, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return value.get_bool() ? "1" : "0";
    case json::kind::array:
    case json::kind::object:
      throw Error(ErrorCode::invalid, fmt::format("{} is neither a text nor a number.", key));
    case json::kind::string:
      return text_value(key, value);
    default:
      return to_json_text(value);
  }
}

void set_custom_property(model::Image& image, std::string_view key, const json::value& value) {
  require_storable("A property's name", key);
  if (utf8_length(key).value_or(longest_key + 1) > longest_key) {
    throw Error(ErrorCode::invalid,
                fmt::format("A property's name may have {} characters at most.", longest_key));
  }
  std::optional<std::string> text = property_text(key, value);
  if (text && text->size() > longest_value) {
    throw Error(ErrorCode::invalid,
                fmt::format("The value of {} may have {} bytes at most.", key, longest_value));
  }
  if (image.properties.size() >= most_properties && image.find_property(key) == nullptr) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("An image may have at most {} properties.", most_properties));
  }
  image.set_property(key, std::move(text));
}

/// The stores that the locations name, in their order; the service's own are nobody's business.
std::string store_ids(const Locations& locations) {
  std::vector<std::string> ids;
  for (const model::ImageLocation& row : locations) {
    const json::value* store = row.location.metadata.if_contains("store");
    if (!store || !store->is_string()) continue;
    const std::string_view id = store->get_string();
    if (!id.starts_with(stores::reserved_prefix)) ids.emplace_back(id);
  }
  return join(ids, ",");
}

/// A property without a value is null only if the operator's schema tells clients of that.
void write_property(JsonWriter& writer, const model::Property& property, const ImageSchema* schema) {
  writer.key(property.name);
  if (property.value || (schema && schema->describes(property.name))) {
    writer.value(property.value);
  } else {
    writer.value("");
  }
}

void write_where_it_lies(JsonWriter& writer, const Locations& locations, const DataView& view) {
  if (view.has_locations) write_locations(writer.key("locations"), locations);
  if (view.has_direct_url && !locations.empty()) {
    writer.key("direct_url").value(stores::without_credentials(locations.front().location.uri));
  }
}

}  // namespace

void write_locations(JsonWriter& writer, const Locations& locations) {
  writer.begin_array();
  for (const model::ImageLocation& row : locations) {
    writer.begin_object();
    writer.key("url").value(stores::without_credentials(row.location.uri));
    writer.key("metadata").raw(to_json_text(row.location.metadata));
    writer.end_object();
  }
  writer.end_array();
}

void write_image(JsonWriter& writer, const model::Image& image, const model::Caller& caller,
                 const DataView& view) {
  const std::string self = "/v2/images/" + image.id;
  const bool tells_of_locations = view.has_locations || view.has_direct_url || view.stores.has_several();
  const Locations locations =
      tells_of_locations ? images::shown_locations(view.stores, image, caller) : Locations();
  writer.begin_object();
  for (const model::Property& property : image.properties) {
    const bool may_read = view.properties.allow(access::PropertyUse::read, property.name);
    if (may_read && is_shown(property.name)) write_property(writer, property, view.schema);
  }
  writer.key("name").value(image.name);
  writer.key("disk_format").value(image.disk_format);
  writer.key("container_format").value(image.container_format);
  writer.key("visibility").value(to_string(image.visibility));
  writer.key("size").value(image.size);
  writer.key("virtual_size").value(image.virtual_size);
  writer.key("status").value(to_string(image.status));
  writer.key("checksum").value(image.checksum);
  writer.key("protected").value(image.is_protected);
  writer.key("min_ram").value(image.min_ram);
  writer.key("min_disk").value(image.min_disk);
  writer.key("owner").value(image.owner);
  writer.key("os_hidden").value(image.is_hidden);
  writer.key("os_hash_algo").value(image.os_hash_algo);
  writer.key("os_hash_value").value(image.os_hash_value);
  writer.key("id").value(image.id);
  writer.key("created_at").value(to_iso8601(image.created_at));
  writer.key("updated_at").value(to_iso8601(image.updated_at));
  write_where_it_lies(writer, locations, view);
  writer.key("tags").begin_array();
  for (const std::string& tag : image.tags) writer.value(tag);
  writer.end_array();
  writer.key("self").value(self);
  writer.key("file").value(self + "/file");
  writer.key("schema").value("/v2/schemas/image");
  const std::string ids = view.stores.has_several() ? store_ids(locations) : std::string();
  if (!ids.empty()) writer.key("stores").value(ids);
  writer.end_object();
}

KeyRule rule_of_key(std::string_view key) {
  for (const KeyRow& row : key_table) {
    if (row.key == key) return row.rule;
  }
  return key.starts_with(model::reserved_property_prefix) ? KeyRule::reserved : KeyRule::custom;
}

void set_image_key(model::Image& image, std::string_view key, const json::value& value) {
  switch (rule_of_key(key)) {
    case KeyRule::settable:
      set_base_field(image, key, value);
      break;
    case KeyRule::custom:
      set_custom_property(image, key, value);
      break;
    case KeyRule::read_only:
      throw Error(ErrorCode::forbidden, fmt::format("Attribute '{}' is read-only.", key));
    case KeyRule::reserved:
      throw Error(ErrorCode::forbidden, fmt::format("Attribute '{}' is reserved.", key));
  }
}

}  // namespace vitrine::api
