#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace vitrine::access {

/// The policy files that a configuration means, in the order in which they count, and what they looked like.
/// Two that are equal and settled stand for the same text.
class PolicyFiles {
 public:
  /// None.
  PolicyFiles() = default;
  /// Looks where the configuration says. Costs a few system calls and reads nothing.
  explicit PolicyFiles(const config::Config& config);

  std::vector<std::filesystem::path> paths() const;

  /// Whether the last change of each lies so far back that another one would show in its times.
  bool are_settled() const { return are_settled_; }

  bool operator==(const PolicyFiles&) const = default;

 private:
  struct Stamp {
    std::filesystem::path path;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds, as is the next
    std::int64_t changed = 0;

    bool operator==(const Stamp&) const = default;
  };

  void add(const std::filesystem::path& file);
  void add_directory(const std::filesystem::path& directory);

  std::vector<Stamp> stamps_;
  bool are_settled_ = true;
};

/// The texts of such files, in their order; nothing for one that cannot be read.
using PolicyTexts = std::vector<std::optional<std::string>>;
PolicyTexts read_texts(const PolicyFiles& files);

}  // namespace vitrine::access
