#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/image.h"

/// The properties in which a running import is seen, by the names and in the form that Python Glance gives
/// them, since both may serve one database: lists of store ids, sorted, with commas between them.
namespace vitrine::imports {

inline constexpr std::string_view importing_to_stores = "os_glance_importing_to_stores";
inline constexpr std::string_view failed_import = "os_glance_failed_import";
inline constexpr std::string_view stage_host = "os_glance_stage_host";
inline constexpr std::string_view hash_host =
    "os_glance_hash_op_host";  ///< reads an image's data for its digests

/// The ids in a list; none if there is no such property.
std::vector<std::string> ids_in(const model::Image& image, std::string_view property);

/// An emptied list stays as an empty text.
void add_ids(model::Image& image, std::string_view property, const std::vector<std::string>& ids);
/// Leaves an image alone that has no such property.
void take_ids(model::Image& image, std::string_view property, const std::vector<std::string>& ids);

}  // namespace vitrine::imports
