#include "stores/drivers/directory_place.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

namespace vitrine::stores {
namespace {

namespace fs = std::filesystem;

fs::path resolved(const std::string& path) {
  std::error_code failure;
  const fs::path canonical = fs::weakly_canonical(path, failure);
  const fs::path clean = failure ? fs::path(path).lexically_normal() : canonical;
  return clean.has_filename() ? clean : clean.parent_path();  // without a slash at the end
}

std::vector<std::string> names_of(const fs::path& directory) {
  std::vector<std::string> names = {"path " + directory.string()};
  struct stat info {};
  if (::stat(directory.c_str(), &info) == 0) {
    names.push_back(fmt::format("inode {} {}", info.st_dev, info.st_ino));
  }
  return names;
}

}  // namespace

Place directory_place(const std::string& path, std::string_view option) {
  fs::path directory = resolved(path);
  Place place{.shown = "the directory " + path, .option = option, .names = names_of(directory), .around = {}};
  while (directory != directory.parent_path()) {
    directory = directory.parent_path();
    for (std::string& name : names_of(directory)) place.around.push_back(std::move(name));
  }
  return place;
}

}  // namespace vitrine::stores
