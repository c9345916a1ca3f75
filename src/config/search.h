#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace vitrine::config {

/// A configuration file to be read, in order; a directory of them is spelt out.
struct FoundFiles {
  std::vector<std::filesystem::path> files;
  std::vector<std::filesystem::path> directories;  ///< that were named, in order
  std::vector<Finding> findings;                   ///< what is missing or cannot be listed
};

/// Which files a search means, by the rules of oslo.config: the program's default files unless a file was
/// named, its default directories unless a directory was named, then what was named. Looks at HOME,
/// OS_GLANCE_CONFIG_DIR, SNAP and SNAP_COMMON.
FoundFiles find_files(const Search& search);

/// Where default files and side files are looked for: ~/.glance, ~, /etc/glance, /etc and the snap's
/// directories.
std::vector<std::filesystem::path> search_directories();

/// The path with a leading `~` replaced by the home directory, made absolute.
std::filesystem::path expand_path(const std::filesystem::path& path);

}  // namespace vitrine::config
