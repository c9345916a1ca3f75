#include "stores/store_set.h"

#include <algorithm>
#include <cassert>

#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

/// The store that the location's metadata names; empty in a service with a single store.
std::string_view named_store(const Location& location) {
  const auto* value = location.metadata.if_contains("store");
  if (!value || !value->is_string()) return {};
  return std::string_view(value->get_string());
}

bool knows(const Store& store, std::string_view scheme) {
  const auto& schemes = store.schemes();
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

}  // namespace

Store::Store(std::string id, std::string type, std::vector<std::string> schemes,
             std::unique_ptr<Driver> driver, std::size_t threads)
    : id_(std::move(id)),
      type_(std::move(type)),
      schemes_(std::move(schemes)),
      driver_(std::move(driver)),
      pool_(id_, threads) {}

StoreSet::StoreSet(std::vector<std::unique_ptr<Store>> stores, std::string_view default_id)
    : stores_(std::move(stores)), default_(find(default_id)) {
  assert(default_);
}

Store* StoreSet::find(std::string_view id) const {
  const auto found =
      std::find_if(stores_.begin(), stores_.end(), [&](const auto& store) { return store->id() == id; });
  return found == stores_.end() ? nullptr : found->get();
}

Store& StoreSet::default_store() const {
  return *default_;
}

Store* StoreSet::holding(const Location& location) const {
  if (Store* named = find(named_store(location))) return named;
  const std::string scheme = split_uri(location.uri).scheme;
  const auto found =
      std::find_if(stores_.begin(), stores_.end(), [&](const auto& store) { return knows(*store, scheme); });
  return found == stores_.end() ? nullptr : found->get();
}

}  // namespace vitrine::stores
