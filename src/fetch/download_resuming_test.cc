#include <gmock/gmock.h>
#include <sys/socket.h>

#include <thread>

#include "tests/support/download_fixture.h"

namespace vitrine::fetch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(DownloadTest, GoesOnWhereItBroke) {
  answer_with({cut(page_, 100'000), cut(page_, 150'000), page_});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(origin_.requests().size(), 3u);
  EXPECT_EQ(header(1, "Range"), "bytes=100000-");
  EXPECT_EQ(header(2, "Range"), "bytes=250000-");
  EXPECT_EQ(header(2, "If-Range"), "\"one\"");
}

TEST_F(DownloadTest, GoesOnByDateWhereThereIsNoStrongEtag) {
  Page page = page_;
  page.headers =
      "ETag: W/\"one\"\r\nLast-Modified: Mon, 02 Mar 2026 09:30:00 GMT\r\n"
      "Date: Tue, 03 Mar 2026 09:30:00 GMT\r\n";
  answer_with({cut(page, 100'000), page});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(header(1, "If-Range"), "Mon, 02 Mar 2026 09:30:00 GMT");
}

TEST_F(DownloadTest, GoesOnAfterASilence) {
  settings_.client.read_timeout = milliseconds(1000);
  Page stalled = page_;
  stalled.fault = Page::Fault::stall;
  stalled.fault_after = 1000;
  answer_with({stalled, page_});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(header(1, "Range"), "bytes=1000-");
}

TEST_F(DownloadTest, GoesOnWithDataWhoseSizeIsNotKnown) {
  Page chunked = page_;
  chunked.framing = Page::Framing::chunked;
  answer_with({cut(chunked, 100'000), chunked});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(origin_.requests().size(), 2u);
}

TEST_F(DownloadTest, AsksForTheRestOfAPartThatIsTooShort) {
  const Page part{.status = 206,
                  .content = content_.substr(100'000, 50'000),
                  .headers = etag + "Content-Range: bytes 100000-149999/300000\r\n"};
  answer_with({cut(page_, 100'000), part, page_});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(header(2, "Range"), "bytes=150000-");
}

TEST_F(DownloadTest, PassesOverWhatItHasIfTheServerKnowsNoRanges) {
  Page page = page_;
  page.ranges = Page::Ranges::ignored;
  answer_with({cut(page, 100'000), cut(page, 50'000), page});

  EXPECT_EQ(get(), content_);
}

TEST_F(DownloadTest, PassesOverWhatItHasIfTheServerRefusesRanges) {
  Page page = page_;
  page.ranges = Page::Ranges::refused;
  answer_with({cut(page, 100'000), page});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(header(1, "Range"), "bytes=100000-");
  EXPECT_EQ(header(2, "Range"), "");
}

TEST_F(DownloadTest, IsCompleteIfOnlyTheEndOfItWasMissing) {
  Page chunked = page_;
  chunked.framing = Page::Framing::chunked;
  Page endless = chunked;
  endless.verbatim = "HTTP/1.1 200 OK\r\n" + etag + "Transfer-Encoding: chunked\r\n\r\n493e0\r\n" + content_;
  answer_with({endless, chunked});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(header(1, "Range"), "bytes=300000-");
}

TEST_F(DownloadTest, CountsOnlyAttemptsThatBringNothing) {
  std::vector<Page> pages;
  for (int i = 0; i < 20; ++i) pages.push_back(cut(page_, 10'000));
  pages.push_back(page_);
  answer_with(pages);

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(origin_.requests().size(), 21u);
}

TEST_F(DownloadTest, BeginsAnewIfNothingHadCome) {
  answer_with({cut(page_, 0), {.content = content_}});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(header(1, "Range"), "");
}

TEST_F(DownloadTest, WaitsForAServerThatIsBusy) {
  for (const unsigned status : {408u, 429u, 500u, 502u, 503u, 504u}) {
    answered_ = 0;
    answer_with({{.status = status, .headers = "Retry-After: 86400\r\n"}, {.status = status}, page_});

    EXPECT_EQ(get(), content_) << status;
  }
}

TEST_F(DownloadTest, WaitsAsLongAsTheServerAsksWithinItsPatience) {
  settings_.patience.longest_pause = milliseconds(300);
  answer_with({{.status = 503, .headers = "Retry-After: 5\r\n"}, page_});
  const auto begun = std::chrono::steady_clock::now();

  EXPECT_EQ(get(), content_);

  EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(300));
}

TEST_F(DownloadTest, GoesOnWhereARedirectLed) {
  OriginServer mirror;
  mirror.put("/mirrored", cut(page_, 100'000));
  answer_with({{.status = 302, .headers = "Location: " + mirror.url("/mirrored") + "\r\n"}, {.status = 404}});
  settings_.patience.attempts = 100;

  EXPECT_EQ(get({.uri = parse_uri(url()), .headers = {{"X-Auth-Token", "token"}}}), content_);

  EXPECT_EQ(origin_.requests().size(), 1u);
  EXPECT_EQ(mirror.requests().at(1).header("Range"), "bytes=100000-");
  EXPECT_EQ(mirror.requests().at(1).header("X-Auth-Token"), "");
}

TEST_F(DownloadTest, GoesOnElsewhereIfTheRedirectLeadsElsewhereByNow) {
  OriginServer gone;
  OriginServer mirror;
  mirror.put("/mirrored", page_);
  gone.answer_with([&, asked = std::make_shared<std::atomic<int>>(0)](const SeenRequest&) {
    return (*asked)++ == 0 ? cut(page_, 100'000) : Page{.status = 403};
  });
  const auto redirect = [](const OriginServer& to) {
    return Page{.status = 302, .headers = "Location: " + to.url("/mirrored") + "\r\n"};
  };
  answer_with({redirect(gone), redirect(mirror)});

  EXPECT_EQ(get(), content_);

  EXPECT_EQ(gone.requests().size(), 2u);
  EXPECT_EQ(mirror.requests().at(0).header("Range"), "bytes=100000-");
}

}  // namespace
}  // namespace vitrine::fetch
