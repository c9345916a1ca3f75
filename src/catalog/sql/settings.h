#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "catalog/sql/connection_url.h"

namespace vitrine::catalog::sql {

class Engine;

/// The database as the engine wants it named, and how to treat it.
struct Settings {
  const Engine* engine;                         ///< never null
  std::filesystem::path file;                   ///< SQLite's
  ConnectionUrl server;                         ///< of the others
  std::size_t pool_size;                        ///< connections that are kept open; 0: all
  std::optional<std::size_t> most_connections;  ///< unset: as many as there are calls at once
  std::chrono::milliseconds pool_timeout;       ///< how long a call waits for a free connection
  std::chrono::milliseconds busy_timeout;       ///< how long a call waits for others who change the same
  std::chrono::seconds answer_timeout;          ///< how long a server may take for a statement; 0: any time
  std::optional<std::chrono::seconds> recycle_time;  ///< how old a connection may become
  std::optional<std::int64_t> retries;  ///< how often connecting at start is tried again; unset: for ever
  std::chrono::seconds retry_interval;
  std::string sql_mode;                         ///< of MariaDB's sessions; empty: the server's
  std::optional<std::int64_t> wsrep_sync_wait;  ///< of a Galera cluster's sessions
  bool is_synchronous;                          ///< a commit waits for SQLite's disk
  std::int64_t cache_size;                      ///< KiB of SQLite's pages that a connection may remember
};

/// Reads the connection's URL. Throws Error{configuration} for one that is broken or asks for what is not
/// built; the message never shows the URL, as it may hold a password.
Settings read_settings(const CatalogSettings& settings);

}  // namespace vitrine::catalog::sql
