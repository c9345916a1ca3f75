#include "keystone/token_validator.h"

#include <algorithm>

#include "base/log.h"
#include "keystone/answer.h"
#include "keystone/options.h"

namespace vitrine::keystone {
namespace {

constexpr std::size_t longest_token = 16'384;  // Glance's limit for a line of a head
constexpr std::chrono::seconds longest_refusal{10};

/// Whether Keystone could have made it; nothing else is worth a question.
bool could_be_token(std::string_view token) {
  return !token.empty() && token.size() <= longest_token &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
}

TokenKey key_of(std::string_view token, Expired expired) {
  std::string text(1, expired == Expired::allowed ? '+' : '-');
  text += token;
  return token_key(text);
}

Metrics::Counter validations(Metrics& metrics, const std::string& result) {
  return metrics.counter("vitrine_keystone_validations_total",
                         "Questions to Keystone about tokens, by what came of them.", {{"result", result}});
}

}  // namespace

ValidatorSettings validator_settings(const config::Config& config) {
  return {.cache_size = static_cast<std::size_t>(config.get(token_cache_size)),
          .cache_time = std::chrono::seconds(std::max<std::int64_t>(config.get(token_cache_time), 0))};
}

TokenValidator::TokenValidator(Session& session, const ValidatorSettings& settings, const Clock& clock,
                               Metrics& metrics)
    : session_(session),
      clock_(clock),
      known_({.size = settings.cache_size, .time = settings.cache_time}, clock),
      unknown_({.size = settings.cache_size / 4,
                .time = std::min<std::chrono::microseconds>(settings.cache_time, longest_refusal)},
               clock),
      hits_(metrics.counter("vitrine_token_cache_hits_total", "Tokens that were remembered.")),
      valid_(validations(metrics, "valid")),
      invalid_(validations(metrics, "invalid")),
      unavailable_(validations(metrics, "unavailable")) {}

Verdict TokenValidator::validate(std::string_view token, Expired expired) {
  if (!could_be_token(token)) return nullptr;
  const TokenKey key = key_of(token, expired);
  Verdict verdict;
  if (auto found = remembered(key)) {
    hits_.add();
    verdict = std::move(*found);
  } else {
    verdict = flights_.share(key, [&] {
      auto landed = remembered(key);  // the last flight may have landed a moment ago
      if (landed) return std::move(*landed);
      Verdict asked = ask(token, expired);
      (asked ? known_ : unknown_).keep(key, asked);
      return asked;
    });
  }
  const bool is_past = verdict && expired == Expired::refused && verdict->is_expired(clock_.now());
  return is_past ? nullptr : verdict;
}

std::optional<Verdict> TokenValidator::remembered(const TokenKey& key) {
  auto found = known_.find(key);
  return found ? found : unknown_.find(key);
}

Verdict TokenValidator::ask(std::string_view token, Expired expired) {
  const bool may_be_expired = expired == Expired::allowed;
  try {
    Verdict verdict = ask_for(may_be_expired ? "?nocatalog&allow_expired=1" : "?nocatalog", token);
    // Access rules count only for services of the catalog; few tokens have any, so the rest goes without.
    if (verdict && verdict->access_rules) verdict = ask_for(may_be_expired ? "?allow_expired=1" : "", token);
    (verdict ? valid_ : invalid_).add();
    return verdict;
  } catch (const Error&) {
    unavailable_.add();
    throw;
  }
}

Verdict TokenValidator::ask_for(const std::string& query, std::string_view token) {
  const Answer answer = session_.get("/auth/tokens" + query, {{"X-Subject-Token", std::string(token)},
                                                              {"OpenStack-Identity-Access-Rules", "1.0"}});
  if (answer.status == 200) {
    auto verdict = std::make_shared<const Token>(parse_token(answer.body));
    return verdict->is_bound ? nullptr : verdict;
  }
  if (answer.status == 404) return nullptr;
  if (answer.status == 403) {
    log::error(
        "Keystone does not let this service validate tokens. Give its user the role service or admin.");
  } else {
    log::error("Keystone answers the question about a token with status {}", answer.status);
  }
  throw keystone_unavailable();
}

}  // namespace vitrine::keystone
