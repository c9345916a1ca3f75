#pragma once

#include <gmock/gmock.h>

#include <atomic>

#include "fetch/download.h"
#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

namespace vitrine::fetch {

using std::chrono::milliseconds;
using tests::OriginServer;
using tests::Page;
using tests::SeenRequest;

inline const std::string etag = "ETag: \"one\"\r\n";

/// Downloads from an origin on loopback, whose answers the test decides.
class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    settings_.client.read_timeout = std::chrono::seconds(30);
    settings_.patience = {.attempts = 4, .first_pause = milliseconds(1), .longest_pause = milliseconds(2)};
  }
  ~DownloadTest() override { EXPECT_EQ(buffers_.in_use(), 0u) << "a buffer was not given back"; }

  /// One after the other; the last one stays.
  void answer_with(std::vector<Page> pages) {
    origin_.answer_with([this, pages = std::move(pages)](const SeenRequest&) {
      return pages[std::min(answered_++, pages.size() - 1)];
    });
  }
  /// The page as it breaks off after so many bytes of what is asked for.
  static Page cut(Page page, std::size_t after) {
    page.fault = Page::Fault::cut;
    page.fault_after = after;
    return page;
  }

  std::string url(std::string_view path = "/image?signature=secret") const { return origin_.url(path); }

  std::string get() { return get({.uri = parse_uri(url())}); }
  std::string get(DownloadRequest request) {
    Downloader downloader(settings_, admission_, buffers_);
    const auto download = downloader.open(std::move(request));
    std::string content;
    while (true) {
      const Chunk chunk = download->read();
      content += text_of(chunk.bytes());
      if (chunk.empty()) break;
    }
    EXPECT_EQ(download->received(), content.size());
    EXPECT_TRUE(download->read().empty()) << "the end stays the end";
    return content;
  }
  Failure failure() {
    return failure_of([&] { get(); });
  }
  std::string header(std::size_t request, std::string_view name) const {
    return origin_.requests().at(request).header(name);
  }

  OriginServer origin_;
  std::atomic<std::size_t> answered_ = 0;
  DownloadSettings settings_;
  Admission admission_{UriFilter({.hosts = {.allowed = {"127.0.0.1"}, .disallowed = {}}}), Vicinity::site};
  threads::BufferPool buffers_{64 * 1024, 2};
  const std::string content_ = varied_content(300'000);
  const Page page_{.content = content_, .headers = etag};
};

}  // namespace vitrine::fetch
