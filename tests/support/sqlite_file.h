#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "base/error.h"
#include "catalog/catalog.h"

namespace vitrine::catalog {

/// For tests: a folder for an SQLite database, gone with all that is in it when destroyed.
class SqliteFile {
 public:
  SqliteFile() {
    std::string name = (std::filesystem::temp_directory_path() / "catalog-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw system_error(errno, "create a temporary folder");
    folder_ = name;
  }
  ~SqliteFile() { std::filesystem::remove_all(folder_); }
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path path() const { return folder_ / "a catalog=1.sqlite"; }

  /// Settings for speed, not for safety from power cuts.
  CatalogSettings settings() const {
    CatalogSettings settings;
    settings.connection = "sqlite:///" + path().string();
    settings.is_synchronous = false;
    return settings;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace vitrine::catalog
