#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "stores/store_set.h"
#include "tests/support/memory_driver.h"

namespace vitrine::api {

/// Stores with these traits, all in memory; the first one is the default.
inline stores::StoreSet stores_like(stores::StoreMode mode, std::vector<stores::StoreTraits> traits) {
  std::vector<std::unique_ptr<stores::Store>> all;
  for (stores::StoreTraits& one : traits) {
    all.push_back(
        std::make_unique<stores::Store>(std::move(one), std::make_unique<tests::MemoryDriver>(), 1));
  }
  const std::string default_id = all.front()->id();
  return {std::move(all), default_id, mode};
}

inline stores::StoreSet single_store() {
  return stores_like(stores::StoreMode::single, {{.id = "file", .type = "file", .schemes = {"file"}}});
}

/// `fast`, and `cheap` which comes last.
inline stores::StoreSet several_stores() {
  return stores_like(stores::StoreMode::several,
                     {{.id = "fast", .type = "file", .schemes = {"file"}},
                      {.id = "cheap", .type = "file", .schemes = {"file"}, .weight = -5}});
}

}  // namespace vitrine::api
