#include "fetch/connections.h"

#include <curl/curl.h>

#include <algorithm>

#include "base/error.h"

namespace vitrine::fetch {
namespace {

constexpr std::size_t most_idle = 16;

Multi new_multi() {
  Multi multi(curl_multi_init());
  if (!multi || curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, 1L) != CURLM_OK) {
    throw Error(ErrorCode::internal, "libcurl gives no multi handle");
  }
  return multi;
}

}  // namespace

void CloseMulti::operator()(void* multi) const {
  curl_multi_cleanup(multi);
}

void CloseEasy::operator()(void* easy) const {
  curl_easy_cleanup(easy);
}

void FreeHeaders::operator()(void* headers) const {
  curl_slist_free_all(static_cast<curl_slist*>(headers));
}

Connections::Connections() {
  // Counted by libcurl, so that each Connections may hold it.
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    throw Error(ErrorCode::internal, "libcurl cannot be used");
  }
  idle_.reserve(most_idle + 1);
}

Connections::~Connections() {
  idle_.clear();
  curl_global_cleanup();
}

Multi Connections::take(const std::string& origin) {
  {
    const std::lock_guard lock(mutex_);
    const auto last =
        std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) { return idle.origin == origin; });
    if (last != idle_.rend()) {
      Multi multi = std::move(last->multi);
      idle_.erase(std::next(last).base());
      return multi;
    }
  }
  return new_multi();
}

void Connections::give_back(std::string origin, Multi multi) noexcept {
  Multi surplus;  // closed when the lock is gone
  const std::lock_guard lock(mutex_);
  idle_.push_back({std::move(origin), std::move(multi)});
  if (idle_.size() <= most_idle) return;
  surplus = std::move(idle_.front().multi);
  idle_.erase(idle_.begin());
}

}  // namespace vitrine::fetch
