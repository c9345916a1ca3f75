#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/metrics.h"
#include "config/config.h"
#include "stores/store_set.h"

namespace vitrine::stores {

/// What is wrong, or worth knowing, in the configuration of the stores. Reaches out to no store.
std::vector<config::Finding> check_stores(const config::Config& config);

/// Every store that the configuration enables. One that cannot be used now is down, and comes up by itself
/// when it can; only for a default store that its own configuration makes unusable this throws
/// Error{configuration}. The configuration and the metrics outlive the stores. `own_staging`:
/// where staged data goes if the configuration names no place; empty: nowhere.
std::unique_ptr<StoreSet> build_stores(const config::Config& config, Metrics& metrics,
                                       const std::filesystem::path& own_staging = {});

}  // namespace vitrine::stores
