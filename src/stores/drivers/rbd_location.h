#pragma once

#include <string>
#include <string_view>

#include "stores/driver.h"

namespace vitrine::stores {

/// Where an image lies in Ceph, taken apart.
struct RbdLocation {
  std::string fsid = {};      ///< of the cluster; empty in the short form, `rbd://image`
  std::string pool = {};      ///< empty in the short form: the store's own
  std::string image;          ///< its name
  std::string snapshot = {};  ///< that is read; empty in the short form: the image as it is now
};

/// Reads `rbd://fsid/pool/image/snapshot` and `rbd://image`. Throws Error{invalid} for anything else.
RbdLocation parse_rbd_location(const Location& location);

/// All four parts must be there.
std::string to_uri(const RbdLocation& location);

/// What the URIs of all images in a pool start with.
std::string rbd_uri_prefix(std::string_view fsid, std::string_view pool);

}  // namespace vitrine::stores
