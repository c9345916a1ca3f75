#include "imports/methods/web_download.h"

#include "base/error.h"
#include "base/text.h"
#include "imports/job.h"

namespace vitrine::imports {
namespace {

std::optional<transfer::ExpectedDigest> expected_digest(const ImportWish& wish) {
  if (!wish.os_hash_algo && !wish.os_hash_value) return {};
  transfer::ExpectedDigest digest{wish.os_hash_algo.value_or(""), to_lower(wish.os_hash_value.value_or(""))};
  if (is_possible(digest)) return digest;
  throw Error(ErrorCode::invalid,
              "os_hash_value must be hexadecimal, and as long as os_hash_algo makes it, which is md5, sha1, "
              "sha256, sha384 or sha512. Give both, or neither.");
}

}  // namespace

void WebDownload::check(const ImportRequest& request) const {
  if (!request.wish.uri || request.wish.uri->empty()) {
    throw Error(ErrorCode::invalid, "URI is required for web-download");
  }
  admission_.admit(fetch::parse_uri(*request.wish.uri));
  expected_digest(request.wish);
}

ImportSource WebDownload::open(ImportJob& job) const {
  auto download = downloader_.open(
      {.uri = fetch::parse_uri(*job.request().wish.uri), .headers = {}, .stop = job.call().stop});
  const std::optional<std::uint64_t> size = download->size();
  return {.bytes = std::move(download), .size = size, .digest = expected_digest(job.request().wish)};
}

}  // namespace vitrine::imports
