#include "fetch/version.h"

#include <curl/curl.h>

namespace vitrine::fetch {
namespace {

using Text = std::optional<std::string>;

Text header_of(const Response& response, std::string_view name) {
  const auto value = response.header(name);
  if (!value || value->empty()) return {};
  return std::string(*value);
}

Text strong_etag(const Response& response) {
  Text etag = header_of(response, "ETag");
  const bool is_strong = etag && etag->size() >= 2 && etag->starts_with('"') && etag->ends_with('"');
  return is_strong ? etag : std::nullopt;
}

/// A time within the last second may stand for several versions.
Text settled_last_modified(const Response& response) {
  const Text changed = header_of(response, "Last-Modified");
  const Text sent = header_of(response, "Date");
  if (!changed || !sent) return {};
  const time_t changed_at = curl_getdate(changed->c_str(), nullptr);
  const time_t sent_at = curl_getdate(sent->c_str(), nullptr);
  const bool is_settled = changed_at != -1 && sent_at != -1 && changed_at < sent_at;
  return is_settled ? changed : std::nullopt;
}

}  // namespace

Version::Version(const Response& response) : etag_(strong_etag(response)) {
  if (!etag_) last_modified_ = settled_last_modified(response);
}

std::string Version::if_range() const {
  return etag_ ? *etag_ : last_modified_.value_or("");
}

bool Version::is_of(const Response& response) const {
  if (etag_) return strong_etag(response) == etag_;
  return last_modified_ && header_of(response, "Last-Modified") == last_modified_;
}

bool Version::is_contradicted_by(const Response& response) const {
  if (etag_) {
    const Text etag = header_of(response, "ETag");
    return etag && etag != etag_;
  }
  const Text changed = header_of(response, "Last-Modified");
  return changed && changed != last_modified_;
}

}  // namespace vitrine::fetch
