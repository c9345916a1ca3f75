#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "stores/driver_table.h"
#include "stores/store_set.h"

namespace vitrine::stores {

/// Ids of the service's own stores. Every id that starts like them is reserved.
inline constexpr std::string_view reserved_prefix = "os_glance_";
inline constexpr std::string_view staging_store_id = "os_glance_staging_store";
inline constexpr std::string_view tasks_store_id = "os_glance_tasks_store";

/// A store as the configuration asks for it.
struct StorePlan {
  std::string id;
  const DriverType* type;
  std::string group;  ///< where its options stand
};

/// One of the service's own stores, always in a directory.
struct ReservedPlan {
  std::string id;
  std::string directory;
  std::size_t block_size = 65536;  ///< bytes
  config::Finding where;           ///< what names the directory
};

/// All stores that the configuration asks for, and everything that is wrong with asking so.
struct StorePlans {
  StoreMode mode = StoreMode::single;
  std::vector<StorePlan> stores;
  std::string default_id;  ///< empty if the findings say that there is none
  std::vector<ReservedPlan> reserved;
  std::vector<config::Finding> findings;
};

/// Touches neither a store nor another machine.
StorePlans plan_stores(const config::Config& config);

}  // namespace vitrine::stores
