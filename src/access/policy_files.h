#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace vitrine::access {

/// The policy files that a configuration means, as they were found at one moment. Immutable; may be shared
/// between threads.
class PolicyFiles {
 public:
  /// Looks where the configuration says, and reads nothing.
  explicit PolicyFiles(const config::Config& config);

  /// In the order in which they count.
  const std::vector<std::filesystem::path>& paths() const { return paths_; }

  /// Whether looking again may find other files, or other texts in them. Costs a system call for each file,
  /// and one for each directory in which there may be one later; allocates nothing.
  bool may_have_changed() const;

 private:
  /// What was seen at a place; all zero: nothing.
  struct Sight {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds, as is the next
    std::int64_t changed = 0;

    bool operator==(const Sight&) const = default;
  };
  struct Place {
    std::filesystem::path path;
    Sight sight;
  };

  static Sight look(const std::filesystem::path& path);

  /// Whether there is anything.
  bool visit(const std::filesystem::path& path);
  void remember(const std::filesystem::path& path, const Sight& sight);
  void remember_where_it_would_show(const std::filesystem::path& path);
  std::optional<std::filesystem::path> find(const config::Config& config, const std::string& name);
  void add_directory(const std::filesystem::path& directory);

  std::vector<Place> places_;  ///< any change shows at one of them; each stands there once
  std::vector<std::filesystem::path> paths_;
  bool is_settled_ = true;  ///< another change of what is there would show in its times
};

/// The texts of such files, in their order; nothing for one that cannot be read.
using PolicyTexts = std::vector<std::optional<std::string>>;
PolicyTexts read_texts(const PolicyFiles& files);

}  // namespace vitrine::access
