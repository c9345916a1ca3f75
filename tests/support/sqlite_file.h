#pragma once

#include <filesystem>
#include <string>

#include "catalog/catalog.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::catalog {

/// For tests: a folder for an SQLite database, gone with all that is in it when destroyed.
class SqliteFile {
 public:
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path path() const { return folder() / "a catalog=1.sqlite"; }

  /// Settings for speed, not for safety from power cuts.
  CatalogSettings settings() const {
    CatalogSettings settings;
    settings.connection = "sqlite:///" + path().string();
    settings.is_synchronous = false;
    return settings;
  }

 private:
  tests::TemporaryDirectory folder_;
};

}  // namespace vitrine::catalog
