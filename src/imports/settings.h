#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "fetch/patience.h"
#include "imports/plugin_table.h"

namespace vitrine::imports {

/// What the operator decided about imports.
struct ImportSettings {
  std::vector<std::string> methods;               ///< enabled, in the order in which clients see them
  std::vector<std::string> remote_properties;     ///< beginnings of names; what glance-download brings along
  std::size_t parallel_stores = 0;                ///< written to at the same time; 0: all
  std::chrono::seconds store_stall_timeout{300};  ///< 0: never
  bool failures_stay_importing = false;           ///< of staged data, as in Glance
  std::chrono::seconds heartbeat{30};             ///< between two signs of life of a running task
  std::chrono::seconds glance_task_timeout{86400};  ///< silence after which one of Python Glance is dead
  Plugins plugins;                                  ///< in the order in which they run
  Plugins task_plugins;                             ///< for images that clients make by a task
  bool computes_digests = true;                     ///< of data that clients register by its location
  fetch::PatienceSettings reading{.attempts = 3};   ///< with stores that do not give such data
  std::string node_url;  ///< where other nodes reach this one; empty: they share its staging directory
};

}  // namespace vitrine::imports
