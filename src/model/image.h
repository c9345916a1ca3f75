#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/status.h"

namespace vitrine::model {

enum class Visibility { is_private, is_public, is_shared, is_community };

std::string_view to_string(Visibility visibility);
std::optional<Visibility> parse_visibility(std::string_view text);

/// Where a blob lies, as a store wrote it. May hold credentials: never log it, never show it as is.
struct Location {
  std::string uri;
  boost::json::object metadata;  ///< key "store" names the store when there are several

  bool operator==(const Location&) const = default;
};

/// Names of the states that a location's row can have.
namespace location_status {
inline constexpr std::string_view active = "active";
inline constexpr std::string_view deleted = "deleted";
inline constexpr std::string_view pending_delete = "pending_delete";
}  // namespace location_status

/// A row of image_locations. `id` 0: not stored yet.
struct ImageLocation {
  std::int64_t id = 0;
  Location location;
  std::string status = std::string(location_status::active);

  bool operator==(const ImageLocation&) const = default;
};

/// The property that says which task imports the image; only who takes and releases the lock writes it.
inline constexpr std::string_view import_lock = "os_glance_import_task";

/// How the names of properties begin that are the service's own.
inline constexpr std::string_view reserved_property_prefix = "os_glance";

/// A custom property. Rows of Glance's first API version may hold NULL.
struct Property {
  std::string name;
  std::optional<std::string> value;

  bool operator==(const Property&) const = default;
};

/// An image's record with all that belongs to it. A value: nothing here is shared or stored by itself.
struct Image {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> disk_format;
  std::optional<std::string> container_format;
  std::optional<std::string> owner;  ///< a project's id
  Visibility visibility = Visibility::is_shared;
  ImageStatus status = ImageStatus::queued;
  std::optional<std::uint64_t> size;          ///< bytes
  std::optional<std::uint64_t> virtual_size;  ///< bytes a guest sees
  std::optional<std::string> checksum;        ///< MD5 in hexadecimal
  std::optional<std::string> os_hash_algo;
  std::optional<std::string> os_hash_value;
  std::int64_t min_disk = 0;  ///< GiB
  std::int64_t min_ram = 0;   ///< MiB
  bool is_protected = false;
  bool is_hidden = false;
  Timestamp created_at{};
  Timestamp updated_at{};
  std::optional<Timestamp> deleted_at;
  bool is_deleted = false;

  std::vector<Property> properties;      ///< live ones, in the order of their rows
  std::vector<std::string> tags;         ///< each once
  std::vector<ImageLocation> locations;  ///< live ones, in the order of their rows

  const Property* find_property(std::string_view name) const;
  /// Sets or adds.
  void set_property(std::string_view name, std::optional<std::string> value);
  /// False if there was none.
  bool remove_property(std::string_view name);
};

}  // namespace vitrine::model
