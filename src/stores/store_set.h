#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stores/driver.h"
#include "threads/worker_pool.h"

namespace vitrine::stores {

/// A configured place for blobs: a driver with its decorators, a name and a pool of its own, so that a
/// stalled store can exhaust only itself.
class Store {
 public:
  /// `schemes`: the URI schemes that the driver reads, without "://".
  Store(std::string id, std::string type, std::vector<std::string> schemes, std::unique_ptr<Driver> driver,
        std::size_t threads);

  const std::string& id() const { return id_; }
  const std::string& type() const { return type_; }
  const std::vector<std::string>& schemes() const { return schemes_; }
  Driver& driver() const { return *driver_; }
  threads::WorkerPool& pool() { return pool_; }

 private:
  std::string id_;
  std::string type_;
  std::vector<std::string> schemes_;
  std::unique_ptr<Driver> driver_;
  threads::WorkerPool pool_;  // destroyed first: it joins the threads that use the driver
};

/// Every store of this service. Built once at start, then only read: may be shared between threads.
class StoreSet {
 public:
  /// `default_id` names one of the stores.
  StoreSet(std::vector<std::unique_ptr<Store>> stores, std::string_view default_id);

  /// Null if no store has this id.
  Store* find(std::string_view id) const;
  /// The store that new data goes to when nobody names one.
  Store& default_store() const;
  /// The store that can read the location: the one its metadata names, else the first whose driver knows the
  /// URI's scheme. Null if there is none.
  Store* holding(const Location& location) const;
  const std::vector<std::unique_ptr<Store>>& all() const { return stores_; }

 private:
  std::vector<std::unique_ptr<Store>> stores_;
  Store* default_;
};

}  // namespace vitrine::stores
