#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stores/driver.h"
#include "stores/store_health.h"
#include "threads/worker_pool.h"

namespace vitrine::stores {

/// What is known of a store from its configuration.
struct StoreTraits {
  std::string id;
  std::string type;
  std::vector<std::string> schemes;            ///< of the URIs that its driver reads, without "://"
  std::string description = {};                ///< empty: none
  std::int64_t weight = 0;                     ///< the larger, the sooner it is read from
  bool keeps_data = true;                      ///< false: read-only
  std::vector<std::string> uri_prefixes = {};  ///< of the URIs of its own blobs
  boost::json::object properties = {};         ///< for GET /v2/info/stores/detail
};

/// A configured place for blobs: a driver with its decorators, a name and a pool of its own, so that a
/// stalled store can exhaust only itself. May be shared between threads.
class Store {
 public:
  /// Without a health the store always counts as up.
  Store(StoreTraits traits, std::unique_ptr<Driver> driver, std::size_t threads,
        std::unique_ptr<StoreHealth> health = nullptr);

  const StoreTraits& traits() const { return traits_; }
  const std::string& id() const { return traits_.id; }
  Driver& driver() const { return *driver_; }
  threads::WorkerPool& pool() { return pool_; }
  /// Why the store cannot be used now; empty: it can, as far as is known.
  std::string trouble() const { return health_ ? health_->trouble() : std::string(); }

 private:
  StoreTraits traits_;
  std::unique_ptr<StoreHealth> health_;  // the driver reports to it
  std::unique_ptr<Driver> driver_;
  threads::WorkerPool pool_;  // destroyed first: it joins the threads that use the driver
};

/// The service's own stores, which no client can name. Null: not configured.
struct ReservedStores {
  std::unique_ptr<Store> staging;  ///< data that waits for its import
  std::unique_ptr<Store> tasks;    ///< scratch space of tasks
  std::filesystem::path staging_directory = {};
};

/// Whether locations say in their metadata which store they lie in: only in a service with several stores.
enum class StoreMode { single, several };

/// Every store of this service. Built once at start, then only read: may be shared between threads.
class StoreSet {
 public:
  /// `default_id` names one of the stores.
  StoreSet(std::vector<std::unique_ptr<Store>> stores, std::string_view default_id,
           StoreMode mode = StoreMode::single, ReservedStores reserved = {});

  bool has_several() const { return mode_ == StoreMode::several; }

  /// In the order of the configuration, without the reserved ones.
  const std::vector<std::unique_ptr<Store>>& all() const { return stores_; }
  /// Null if no store has this id. Never a reserved store.
  Store* find(std::string_view id) const;
  /// The store that a client names. Throws Error{invalid} if there is none, or if it is a reserved one.
  Store& named(std::string_view id) const;
  /// The store that new data goes to when nobody names one.
  Store& default_store() const;
  const ReservedStores& reserved() const { return reserved_; }

  /// The store that has the location's blob: the one that its metadata names, else the one that such URIs
  /// are of, else the first whose driver reads the URI's scheme. Null if there is none, and if the metadata
  /// names a store that is not here and no other claims the URI.
  Store* holding(const Location& location) const;

  /// Whether one of these locations lies in the store of this id.
  bool have_copy_in(std::string_view id, std::span<const model::ImageLocation> rows) const;

  /// Says in the location's metadata that it lies in the store, if there are several.
  void label(Location& location, const Store& store) const;

  /// The locations in the order in which they are read and shown: those in a preferred store first, then by
  /// the weight of their store, as they are where that is equal.
  std::vector<model::ImageLocation> ordered(std::vector<model::ImageLocation> locations,
                                            std::span<Store* const> preferred = {}) const;

 private:
  Store* claiming(const Location& location) const;

  std::vector<std::unique_ptr<Store>> stores_;
  Store* default_;
  StoreMode mode_;
  ReservedStores reserved_;
};

/// Locations as their stores write them today, by the URI that an older service wrote.
using RecognizedLocations = std::map<std::string, Location>;

/// Asks the stores about a location of which neither URI nor metadata tells whose it is. One that no store
/// recognizes, or can be asked about now, is left out, and the log says so; so is any other, unasked.
RecognizedLocations recognize(const StoreCall& call, const Location& location, const StoreSet& stores);

/// Brings a location that an older service wrote to today's form, as Glance does when it shows an image: the
/// name of its store is added, and the keys go from the URI of an S3 store. Returns whether anything changed.
bool correct_legacy(Location& location, const StoreSet& stores, const RecognizedLocations& recognized = {});

}  // namespace vitrine::stores
