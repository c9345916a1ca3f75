#include "imports/methods/web_download.h"

#include "base/error.h"
#include "imports/job.h"

namespace vitrine::imports {

void WebDownload::check(const ImportRequest& request) const {
  if (!request.wish.uri || request.wish.uri->empty()) {
    throw Error(ErrorCode::invalid, "URI is required for web-download");
  }
  admission_.admit(fetch::parse_uri(*request.wish.uri));
}

ImportSource WebDownload::open(ImportJob& job) const {
  auto download = downloader_.open(
      {.uri = fetch::parse_uri(*job.request().wish.uri), .headers = {}, .stop = job.call().stop});
  const std::optional<std::uint64_t> size = download->size();
  return {.bytes = std::move(download), .size = size};
}

}  // namespace vitrine::imports
