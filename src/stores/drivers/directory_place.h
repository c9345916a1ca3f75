#pragma once

#include <string>
#include <string_view>

#include "stores/place.h"

namespace vitrine::stores {

/// The place that a directory is, whether it exists yet or not. Known by its path with all links and ".."
/// resolved and, if it exists, by device and inode, so that a bind mount or a second link to it is seen
/// through. Reads the file system, and nothing in the directory itself.
Place directory_place(const std::string& path, std::string_view option);

}  // namespace vitrine::stores
