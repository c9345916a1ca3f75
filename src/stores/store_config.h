#pragma once

#include <memory>
#include <vector>

#include "base/metrics.h"
#include "config/config.h"
#include "stores/store_set.h"

namespace vitrine::stores {

/// What is wrong, or worth knowing, in the configuration of the stores. Reaches out to no store.
std::vector<config::Finding> check_stores(const config::Config& config);

/// Every store that the configuration enables, ready for use. Throws Error{configuration} for one that cannot
/// be used. The metrics outlive the stores.
std::unique_ptr<StoreSet> build_stores(const config::Config& config, Metrics& metrics);

}  // namespace vitrine::stores
