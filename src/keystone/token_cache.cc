#include "keystone/token_cache.h"

#include <openssl/sha.h>

#include <cstring>

namespace vitrine::keystone {

TokenKey token_key(std::string_view token) {
  TokenKey key;
  static_assert(sizeof key == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         reinterpret_cast<unsigned char*>(key.data()));
  return key;
}

std::size_t TokenCache::Hash::operator()(const TokenKey& key) const {
  std::size_t hash;  // a digest is as good as any
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

TokenCache::TokenCache(const Settings& settings, const Clock& clock)
    : clock_(clock),
      time_(settings.time),
      part_size_((settings.size + settings.parts - 1) / settings.parts),
      parts_(settings.parts) {}

/// A clock that was set back must not lengthen anything.
bool TokenCache::counts(const Entry& entry) const {
  const Timestamp now = clock_.now();
  return entry.kept_at <= now && now < entry.kept_at + time_;
}

std::optional<Verdict> TokenCache::find(const TokenKey& key) {
  Part& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  const auto place = part.places.find(key);
  if (place == part.places.end()) return {};
  if (!counts(*place->second)) {
    part.entries.erase(place->second);
    part.places.erase(place);
    return {};
  }
  part.entries.splice(part.entries.begin(), part.entries, place->second);
  return place->second->verdict;
}

void TokenCache::keep(const TokenKey& key, Verdict verdict) {
  if (part_size_ == 0 || time_ <= time_.zero()) return;
  Part& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  if (const auto place = part.places.find(key); place != part.places.end()) {
    part.entries.erase(place->second);
    part.places.erase(place);
  }
  part.entries.push_front({key, std::move(verdict), clock_.now()});
  part.places[key] = part.entries.begin();
  if (part.entries.size() <= part_size_) return;
  part.places.erase(part.entries.back().key);
  part.entries.pop_back();
}

std::size_t TokenCache::size() const {
  std::size_t total = 0;
  for (Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    total += part.entries.size();
  }
  return total;
}

}  // namespace vitrine::keystone
