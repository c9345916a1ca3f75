#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "catalog/catalog.h"

namespace vitrine::catalog::sql {

/// The database as the engine wants it named, and how to treat it.
struct Settings {
  std::filesystem::path file;
  std::size_t pool_size;                   ///< 0: as many connections as there are calls at once
  std::chrono::milliseconds pool_timeout;  ///< how long a call waits for a free connection
  std::chrono::milliseconds busy_timeout;  ///< how long a locked file is waited for
  bool is_synchronous;                     ///< a commit waits for the disk
  std::int64_t cache_size;                 ///< KiB of pages that a connection may remember
};

/// Reads the connection's URL. Throws Error{configuration} for one that is broken or asks for what is not
/// built; the message never shows the URL, as it may hold a password.
Settings read_settings(const CatalogSettings& settings);

}  // namespace vitrine::catalog::sql
