#pragma once

#include <string>
#include <string_view>

namespace vitrine::stores {

/// A volume: `cinder://store/volume` or, without the store's id, `cinder://volume`.
struct CinderLocation {
  std::string store_id = {};  ///< empty: none is named
  std::string volume_id;
};

/// Throws Error{invalid} for what is not one.
CinderLocation parse_cinder_location(std::string_view uri);

std::string to_uri(const CinderLocation& location);

/// The URL that a template means for a project.
std::string endpoint_of(std::string_view endpoint_template, std::string_view project_id);

}  // namespace vitrine::stores
