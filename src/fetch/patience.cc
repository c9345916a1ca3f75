#include "fetch/patience.h"

#include <curl/curl.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::fetch {

using std::chrono::milliseconds;
using std::chrono::seconds;

Patience::Patience(const PatienceSettings& settings) : settings_(settings), random_(std::random_device{}()) {}

std::optional<milliseconds> Patience::next_pause(std::optional<seconds> asked) {
  ++failures_;
  if (failures_ >= settings_.attempts) return {};
  constexpr unsigned most_doublings = 20;  // beyond that every pause is the longest
  const milliseconds doubled = settings_.first_pause * (1 << std::min(failures_ - 1, most_doublings));
  const milliseconds full = std::min(doubled, settings_.longest_pause);
  std::uniform_int_distribution<milliseconds::rep> between(full.count() / 2, full.count());
  const milliseconds drawn{between(random_)};
  if (!asked) return drawn;
  return std::max<milliseconds>(drawn, std::min<milliseconds>(*asked, settings_.longest_pause));
}

bool may_pass(unsigned status) {
  constexpr unsigned too_many_requests = 429;
  return status == too_many_requests || status >= 500;
}

void pause(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "Stopped while waiting for another attempt");
}

bool wait_for_next(Patience& patience, Deadline deadline, const std::stop_token& stop) {
  const auto time = patience.next_pause();
  if (!time || deadline - std::chrono::steady_clock::now() <= *time) return false;
  pause(*time, stop);
  return true;
}

std::optional<seconds> parse_retry_after(std::string_view text, Timestamp now) {
  constexpr std::uint64_t most = 366 * 86400;
  if (const auto count = parse_unsigned(text)) return seconds(std::min(*count, most));
  const time_t then = curl_getdate(std::string(text).c_str(), nullptr);
  if (then == -1) return {};
  // In whole seconds, for the system's clock does not count as far as a server may write.
  const seconds wait = std::chrono::sys_seconds(seconds(then)) - std::chrono::floor<seconds>(now);
  return std::clamp(wait, seconds(0), seconds(most));
}

}  // namespace vitrine::fetch
