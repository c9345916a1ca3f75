#include "fetch/download.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <thread>

#include "tests/support/download_fixture.h"

namespace vitrine::fetch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What goes well

TEST_F(DownloadTest, BringsTheWholeData) {
  answer_with({page_});

  EXPECT_EQ(get(), content_);
  EXPECT_EQ(origin_.requests().size(), 1u);
  EXPECT_EQ(header(0, "Range"), "");
  EXPECT_EQ(header(0, "Accept-Encoding"), "identity");
}

TEST_F(DownloadTest, KnowsTheSizeBeforeTheFirstByte) {
  answer_with({page_});
  Downloader downloader(settings_, admission_, buffers_);

  EXPECT_EQ(downloader.open({.uri = parse_uri(url())})->size(), content_.size());
}

TEST_F(DownloadTest, DoesWithoutASize) {
  for (const auto framing : {Page::Framing::chunked, Page::Framing::until_close}) {
    answered_ = 0;
    answer_with({{.content = content_, .framing = framing}});

    EXPECT_EQ(get(), content_);
  }
}

TEST_F(DownloadTest, MayBeOfNothing) {
  answer_with({{}});

  EXPECT_EQ(get(), "");
}

TEST_F(DownloadTest, FollowsRedirectsAndTakesHeadersNoFurtherThanTheirServer) {
  OriginServer mirror;
  mirror.put("/mirrored", page_);
  for (const unsigned status : {301u, 302u, 303u, 307u, 308u}) {
    answered_ = 0;
    answer_with({{.status = status, .headers = "Location: " + mirror.url("/mirrored") + "\r\n"}});

    EXPECT_EQ(get({.uri = parse_uri(url()), .headers = {{"X-Auth-Token", "token"}}}), content_) << status;
  }
  EXPECT_EQ(header(0, "X-Auth-Token"), "token");
  EXPECT_EQ(mirror.requests().at(0).header("X-Auth-Token"), "");
  EXPECT_EQ(mirror.requests().at(0).header("Accept-Encoding"), "identity");
}

// What fails

TEST_F(DownloadTest, IsGivenUpAfterItsAttemptsAndSaysHowFarItCame) {
  answer_with({cut(page_, 100'000), cut(page_, 0)});

  const Failure failure = this->failure();

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("given up after 4 attempts"), HasSubstr("100000 of 300000 bytes were received"),
                    HasSubstr(origin_.url(""))));
  EXPECT_EQ(origin_.requests().size(), 1u + 3u);
}

TEST_F(DownloadTest, TellsNothingOfTheUriButItsServer) {
  answer_with({cut(page_, 100'000), {.status = 404}});
  Uri uri = parse_uri(url("/image?signature=secret"));
  uri.credentials = {"user", "secret"};

  const Failure failure = failure_of([&] { get({.uri = uri, .headers = {{"X-Auth-Token", "secret"}}}); });

  EXPECT_THAT(failure.message, AllOf(HasSubstr("status 404"), Not(HasSubstr("secret"))));
}

TEST_F(DownloadTest, IsNotTriedAgainWhereThatCannotHelp) {
  for (const unsigned status : {204u, 206u, 300u, 304u, 400u, 401u, 403u, 404u, 410u, 416u, 501u, 505u}) {
    answered_ = 0;
    answer_with({{.status = status}});
    const std::size_t asked = origin_.requests().size();

    EXPECT_EQ(failure().code, ErrorCode::invalid) << status;
    EXPECT_EQ(origin_.requests().size(), asked + 1) << status;
  }
}

TEST_F(DownloadTest, TriesAServerThatIsNotThereAsOftenAsItMay) {
  DownloadRequest request;
  {
    const OriginServer gone;
    request.uri = parse_uri(gone.url("/image"));
  }

  const Failure failure = failure_of([&] { get(request); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("given up after 4 attempts"));
}

TEST_F(DownloadTest, CannotGoOnWithoutAVersion) {
  answer_with({cut({.content = content_, .headers = "ETag: W/\"one\"\r\n"}, 100'000), page_});

  const Failure failure = this->failure();

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("does not name the version"));
  EXPECT_EQ(origin_.requests().size(), 1u);
}

TEST_F(DownloadTest, EndsIfTheDataHasChanged) {
  const Page changed{.content = varied_content(300'000), .headers = "ETag: \"two\"\r\n"};
  Page shorter = page_;
  shorter.content.pop_back();
  Page part{.status = 206,
            .content = content_.substr(100'000),
            .headers = "ETag: \"two\"\r\nContent-Range: bytes 100000-299999/300000\r\n"};
  for (const Page& other : {changed, shorter, part}) {
    answered_ = 0;
    answer_with({cut(page_, 100'000), other});

    const Failure failure = this->failure();

    EXPECT_EQ(failure.code, ErrorCode::invalid);
    EXPECT_THAT(failure.message, HasSubstr("has other data now"));
  }
}

TEST_F(DownloadTest, EndsIfAServerContradictsItself) {
  const auto part = [&](const std::string& range, std::size_t first, std::size_t size) {
    return Page{.status = 206,
                .content = content_.substr(first, size),
                .headers = etag + "Content-Range: " + range + "\r\n"};
  };
  const Page bad[] = {
      part("bytes 0-199999/300000", 0, 200'000),
      part("bytes 100001-299999/300000", 100'001, 199'999),
      part("bytes 100000-299999/300000", 100'000, 100),
      part("bytes */300000", 100'000, 200'000),
      part("nonsense", 100'000, 200'000),
      part("bytes 100000-299999/300001", 100'000, 200'000),
  };
  for (const Page& page : bad) {
    answered_ = 0;
    answer_with({cut(page_, 100'000), page});

    EXPECT_EQ(failure().code, ErrorCode::invalid) << page.headers;
  }
}

TEST_F(DownloadTest, EndsIfTheSizeOfTheDataStaysUnknown) {
  Page chunked = page_;
  chunked.framing = Page::Framing::chunked;
  const Page part{.status = 206,
                  .content = content_.substr(100'000, 10),
                  .headers = etag + "Content-Range: bytes 100000-100009/*\r\n"};
  Page first = chunked;
  first.verbatim = "HTTP/1.1 200 OK\r\n" + etag + "Transfer-Encoding: chunked\r\n\r\n186a0\r\n" +
                   content_.substr(0, 100'000);
  answer_with({first, part});

  EXPECT_THAT(failure().message, HasSubstr("does not say how much"));
}

TEST_F(DownloadTest, IsNeverLongerThanWasAnnounced) {
  Page longer = page_;
  longer.content += "more";
  longer.framing = Page::Framing::chunked;
  longer.ranges = Page::Ranges::ignored;
  answer_with({cut(page_, 100'000), longer});

  EXPECT_THAT(failure().message, HasSubstr("sends more than it has announced"));
}

TEST_F(DownloadTest, IsShorterThanAnnouncedOnlyAsAFailure) {
  Page page = page_;
  page.verbatim = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n" + etag + "\r\n" + content_.substr(0, 10);
  Page empty;
  empty.verbatim = "HTTP/1.1 206 OK\r\nContent-Length: 299990\r\n" + etag +
                   "Content-Range: bytes 10-299999/300000\r\n\r\n";
  answer_with({page, empty});

  EXPECT_THAT(failure().message, HasSubstr("10 of 300000 bytes were received"));
}

TEST_F(DownloadTest, RefusesDataThatIsEncodedOnItsWay) {
  for (const std::string encoding : {"gzip", "br", "deflate, gzip"}) {
    answered_ = 0;
    answer_with({{.content = content_, .headers = etag + "Content-Encoding: " + encoding + "\r\n"}});

    const Failure failure = this->failure();

    EXPECT_EQ(failure.code, ErrorCode::invalid);
    EXPECT_THAT(failure.message, HasSubstr("encodes the data"));
  }
}

TEST_F(DownloadTest, RefusesWhatIsNotAdmitted) {
  answer_with({{.status = 302, .headers = "Location: http://169.254.169.254/latest\r\n"}});

  EXPECT_EQ(failure().code, ErrorCode::invalid);
  EXPECT_EQ(failure_of([&] { get({.uri = parse_uri("http://localhost/")}); }).code, ErrorCode::invalid);
}

TEST_F(DownloadTest, LetsOtherThingsBeAskedUnderTheSameTerms) {
  OriginServer mirror;
  mirror.put("/document", {.content = "{}"});
  origin_.put("/document", {.status = 302, .headers = "Location: " + mirror.url("/document") + "\r\n"});
  origin_.put("/astray", {.status = 302, .headers = "Location: http://localhost/\r\n"});
  Downloader downloader(settings_, admission_, buffers_);

  EXPECT_EQ(read_all(*downloader.ask({.uri = parse_uri(url("/document"))})), "{}");
  EXPECT_EQ(downloader.ask({.uri = parse_uri(url("/nothing"))})->status(), 404u);
  EXPECT_EQ(failure_of([&] { downloader.ask({.uri = parse_uri(url("/astray"))}); }).code, ErrorCode::invalid);
  EXPECT_EQ(failure_of([&] { downloader.ask({.uri = parse_uri("http://localhost/")}); }).code,
            ErrorCode::invalid);
}

// What ends it from outside

TEST_F(DownloadTest, EndsWithItsTime) {
  settings_.total_timeout = milliseconds(150);
  Page trickle = page_;
  trickle.byte_pause = milliseconds(10);
  answer_with({trickle});

  const Failure failure = this->failure();

  EXPECT_EQ(failure.code, ErrorCode::timed_out);
  EXPECT_THAT(failure.message, HasSubstr("of 300000 bytes were received"));
}

TEST_F(DownloadTest, DoesNotWaitBeyondItsTime) {
  settings_.total_timeout = std::chrono::seconds(20);
  settings_.patience = {
      .attempts = 4, .first_pause = std::chrono::hours(1), .longest_pause = std::chrono::hours(1)};
  answer_with({{.status = 503}});
  const auto begun = std::chrono::steady_clock::now();

  EXPECT_THAT(failure().message, HasSubstr("status 503"));

  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(15));
}

TEST_F(DownloadTest, EndsWhenItIsStopped) {
  settings_.patience = {
      .attempts = 4, .first_pause = std::chrono::hours(1), .longest_pause = std::chrono::hours(1)};
  Page mute;
  mute.fault = Page::Fault::mute;
  for (const Page& page : {Page{.status = 503}, mute}) {
    answered_ = 0;
    answer_with({page});
    std::stop_source stop;
    const std::size_t seen = origin_.requests().size();
    const std::jthread stopper([&] {
      origin_.wait_for_requests(seen + 1);
      stop.request_stop();
    });

    const Failure failure = failure_of([&] { get({.uri = parse_uri(url()), .stop = stop.get_token()}); });

    EXPECT_EQ(failure.code, ErrorCode::cancelled);
  }
}

TEST_F(DownloadTest, HandsOnWhatComesSlowlyBeforeABufferIsFull) {
  Page trickle = page_;
  trickle.byte_pause = milliseconds(100);
  answer_with({trickle});
  Downloader downloader(settings_, admission_, buffers_);
  const auto download = downloader.open({.uri = parse_uri(url())});

  const Chunk chunk = download->read();

  EXPECT_GE(chunk.size(), 1u);
  EXPECT_LT(chunk.size(), 100u);
}

}  // namespace
}  // namespace vitrine::fetch
