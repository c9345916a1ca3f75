#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "config/config.h"
#include "keystone/session.h"
#include "keystone/token.h"
#include "keystone/token_cache.h"
#include "threads/flights.h"

namespace vitrine::keystone {

/// How long verdicts count. Tokens that Keystone does not know are remembered apart, so that nobody can push
/// out the good ones with bad ones, and for a short time only: a token may be known a moment later where
/// Keystone runs on several machines.
struct ValidatorSettings {
  std::size_t cache_size = 10'000;
  std::chrono::microseconds cache_time = std::chrono::seconds(300);
};

ValidatorSettings validator_settings(const config::Config& config);

enum class Expired { refused, allowed };

/// Whose tokens are. Asks Keystone once for many callers with one token, and remembers what it said. May be
/// shared between threads.
class TokenValidator {
 public:
  /// Session, clock and metrics outlive it.
  TokenValidator(Session& session, const ValidatorSettings& settings, const Clock& clock, Metrics& metrics);

  /// Null: nobody's, or expired. An expired token is allowed to be so where a service goes on with what its
  /// user began, for as long as Keystone knows it. Throws Error{unavailable} if Keystone cannot be asked or
  /// is not understood; that is not remembered.
  Verdict validate(std::string_view token, Expired expired = Expired::refused);

 private:
  Verdict ask(std::string_view token, Expired expired);
  Verdict ask_for(const std::string& query, std::string_view token);
  std::optional<Verdict> remembered(const TokenKey& key);

  Session& session_;
  const Clock& clock_;
  TokenCache known_;
  TokenCache unknown_;
  threads::Flights<TokenKey, Verdict> flights_;
  Metrics::Counter hits_;
  Metrics::Counter valid_;
  Metrics::Counter invalid_;
  Metrics::Counter unavailable_;
};

}  // namespace vitrine::keystone
