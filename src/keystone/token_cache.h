#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "keystone/token.h"

namespace vitrine::keystone {

/// Stands for a token, which is itself kept nowhere.
using TokenKey = std::array<std::byte, 32>;

TokenKey token_key(std::string_view token);

/// What Keystone said of a token; null: it does not know it.
using Verdict = std::shared_ptr<const Token>;

/// Verdicts for a while, a bounded number of them: the one unused for longest gives way. In parts, each with
/// a lock of its own, so that many threads rarely meet. May be shared between threads.
class TokenCache {
 public:
  struct Settings {
    std::size_t size = 0;              ///< most entries; 0: nothing is kept
    std::chrono::microseconds time{};  ///< how long; 0: nothing is kept
    std::size_t parts = 16;            ///< each holds an equal share, rounded up
  };

  TokenCache(const Settings& settings, const Clock& clock);

  /// Nothing: there is no verdict, or none that still counts.
  std::optional<Verdict> find(const TokenKey& key);
  void keep(const TokenKey& key, Verdict verdict);
  std::size_t size() const;

 private:
  struct Entry {
    TokenKey key;
    Verdict verdict;
    Timestamp kept_at;
  };
  struct Hash {
    std::size_t operator()(const TokenKey& key) const;
  };
  struct Part {
    std::mutex mutex;
    std::list<Entry> entries;  ///< the one used last first
    std::unordered_map<TokenKey, std::list<Entry>::iterator, Hash> places;
  };

  Part& part_of(const TokenKey& key) { return parts_[std::to_integer<std::size_t>(key[31]) % parts_.size()]; }
  bool counts(const Entry& entry) const;

  const Clock& clock_;
  const std::chrono::microseconds time_;
  const std::size_t part_size_;
  mutable std::vector<Part> parts_;
};

}  // namespace vitrine::keystone
