#pragma once

#include <sys/stat.h>

#include <filesystem>

namespace vitrine::access {

/// Tells whether a file is another one than before, by its inode, size and times. Used by one thread at a
/// time.
class WatchedFile {
 public:
  /// Takes the file as it is now for known.
  explicit WatchedFile(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }

  /// Whether it has changed since the last call, or since it was first seen. A file that is gone has not:
  /// what was read from it still counts.
  bool has_changed();

 private:
  std::filesystem::path path_;
  struct stat seen_ {};
};

}  // namespace vitrine::access
