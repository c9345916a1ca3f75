#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/file_settings.h"

namespace vitrine::stores {

/// Makes the directory a place for image files: creates it, lets those pass who may read the files, and tries
/// to create a file. Throws Error{configuration} that names the directory; a full file system is only logged.
void prepare_directory(const std::string& path, mode_t file_mode);

/// What is known of the file system under a directory. Throws Error.
struct DirectorySpace {
  dev_t device = 0;
  Space space;
};
DirectorySpace space_of(const std::string& path);

/// The directory for a blob of that size: of the highest priority that has any with room, the one with the
/// most free bytes. `free_bytes` may throw: such a directory is logged and passed over, unless no other is
/// left. Throws Error{storage_full}.
const DataDirectory& choose_directory(
    const std::vector<DataDirectory>& directories, std::uint64_t size,
    const std::function<std::uint64_t(const std::string& path)>& free_bytes);

}  // namespace vitrine::stores
