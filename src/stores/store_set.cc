#include "stores/store_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

/// The store that the location's metadata names; empty in a service with a single store.
std::string_view named_store(const Location& location) {
  const auto* value = location.metadata.if_contains("store");
  if (!value || !value->is_string()) return {};
  return std::string_view(value->get_string());
}

bool reads(const Store& store, std::string_view scheme) {
  const auto& schemes = store.traits().schemes;
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

bool claims(const Store& store, const Location& location) {
  const auto& prefixes = store.traits().uri_prefixes;
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return location.uri.starts_with(prefix); });
}

/// `s3://KEY:SECRET@host/…` is how older services wrote it; the configuration has the keys.
bool drop_keys(Location& location, const StoreSet& stores) {
  const Store* store = stores.holding(location);
  if (!store || store->traits().type != "s3") return false;
  std::string bare = without_credentials(location.uri);
  if (bare == location.uri) return false;
  location.uri = std::move(bare);
  return true;
}

bool tells_its_store(const Location& location, const StoreSet& stores) {
  if (!stores.has_several() || stores.find(named_store(location))) return true;
  const Store* store = stores.holding(location);
  return store && claims(*store, location);
}

/// As the one store writes it whose blob it is.
std::optional<Location> recognized_by(const Store& store, const StoreCall& call, const Location& location) {
  Recognition* recognition = store.driver().abilities().recognition;
  if (!recognition || !reads(store, split_uri(location.uri).scheme)) return {};
  try {
    std::optional<std::string> uri = recognition->own_uri(call, location);
    if (!uri) return {};
    return Location{*std::move(uri), location.metadata};
  } catch (const Error& error) {
    log::warning("Store {} cannot say whether it has the blob of an old location: {}", store.id(),
                 error.what());
    return {};
  }
}

}  // namespace

Store::Store(StoreTraits traits, std::unique_ptr<Driver> driver, std::size_t threads,
             std::unique_ptr<StoreHealth> health)
    : traits_(std::move(traits)),
      health_(std::move(health)),
      driver_(std::move(driver)),
      pool_(traits_.id, threads) {}

StoreSet::StoreSet(std::vector<std::unique_ptr<Store>> stores, std::string_view default_id, StoreMode mode,
                   ReservedStores reserved)
    : stores_(std::move(stores)), default_(find(default_id)), mode_(mode), reserved_(std::move(reserved)) {
  assert(default_);
}

Store* StoreSet::find(std::string_view id) const {
  const auto found =
      std::find_if(stores_.begin(), stores_.end(), [&](const auto& store) { return store->id() == id; });
  return found == stores_.end() ? nullptr : found->get();
}

Store& StoreSet::named(std::string_view id) const {
  if (Store* store = find(id)) return *store;
  throw Error(ErrorCode::invalid,
              fmt::format("There is no store {}. GET /v2/info/stores lists those that can be used.", id));
}

Store& StoreSet::default_store() const {
  return *default_;
}

/// The store that the location is of by its URI alone.
Store* StoreSet::claiming(const Location& location) const {
  const auto found = std::find_if(stores_.begin(), stores_.end(),
                                  [&](const auto& store) { return claims(*store, location); });
  return found == stores_.end() ? nullptr : found->get();
}

Store* StoreSet::holding(const Location& location) const {
  const std::string_view name = named_store(location);
  if (Store* named = find(name)) return named;
  if (Store* claimant = claiming(location)) return claimant;
  if (has_several() && !name.empty()) return nullptr;  // the blob of another site's store
  const std::string scheme = split_uri(location.uri).scheme;
  const auto found =
      std::find_if(stores_.begin(), stores_.end(), [&](const auto& store) { return reads(*store, scheme); });
  return found == stores_.end() ? nullptr : found->get();
}

bool StoreSet::have_copy_in(std::string_view id, std::span<const model::ImageLocation> rows) const {
  return std::any_of(rows.begin(), rows.end(), [&](const model::ImageLocation& row) {
    const Store* store = holding(row.location);
    return store != nullptr && store->id() == id;
  });
}

void StoreSet::label(Location& location, const Store& store) const {
  if (has_several()) location.metadata["store"] = store.id();
}

std::vector<model::ImageLocation> StoreSet::ordered(std::vector<model::ImageLocation> locations,
                                                    std::span<Store* const> preferred) const {
  const auto rank = [&](const model::ImageLocation& row) {
    const Store* store = holding(row.location);
    const bool is_preferred =
        store && std::find(preferred.begin(), preferred.end(), store) != preferred.end();
    return std::pair(is_preferred, store ? store->traits().weight : 0);
  };
  std::stable_sort(locations.begin(), locations.end(),
                   [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
  return locations;
}

RecognizedLocations recognize(const StoreCall& call, const Location& location, const StoreSet& stores) {
  if (tells_its_store(location, stores)) return {};
  for (const auto& store : stores.all()) {
    std::optional<Location> own = recognized_by(*store, call, location);
    if (!own) continue;
    stores.label(*own, *store);
    return {{location.uri, *std::move(own)}};
  }
  return {};
}

bool correct_legacy(Location& location, const StoreSet& stores, const RecognizedLocations& recognized) {
  if (const auto own = recognized.find(location.uri);
      own != recognized.end() && !tells_its_store(location, stores)) {
    location.uri = own->second.uri;
    location.metadata["store"] = own->second.metadata.at("store");
    return true;
  }
  const bool had_keys = drop_keys(location, stores);
  if (!stores.has_several() || stores.find(named_store(location))) return had_keys;
  const Store* store = stores.holding(location);
  const bool is_sure = store && claims(*store, location);
  if (is_sure) stores.label(location, *store);
  return had_keys || is_sure;
}

}  // namespace vitrine::stores
