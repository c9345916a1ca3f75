#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::stores {

/// What is stored with the location of every file below a mount point, for those who read the file
/// themselves.
class MountMetadata {
 public:
  MountMetadata() = default;
  /// From JSON text: an object or a list of objects, each with the texts `id` and `mountpoint`, and nothing
  /// but texts, objects and lists in it. Throws Error{configuration}.
  explicit MountMetadata(std::string_view json);
  /// Throws Error{configuration} that names the file.
  static MountMetadata from_file(const std::filesystem::path& file);

  /// The first entry whose mount point is a prefix of the path; empty, and logged, if there are entries but
  /// none fits.
  boost::json::object of(std::string_view path) const;

 private:
  std::vector<boost::json::object> entries_;
};

}  // namespace vitrine::stores
