#include <gmock/gmock.h>

#include "tests/support/s3_fixture.h"

namespace vitrine::stores {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::error_of;
using tests::message_of;
using tests::s3_error;
using tests::varied_content;

// Reading

TEST_F(S3DriverTest, GoesOnReadingWhereAConnectionBroke) {
  service_.put_object("large", large_);
  const Location location{"s3://" + service_.settings().location_host + "/images/large", {}};
  int answers = 0;
  service_.fail_after([&](const SeenRequest& request) -> std::optional<Page> {
    if (request.method != "GET" || ++answers % 2 == 0) return {};
    const std::string range = request.header("Range");
    const std::size_t from = range.empty() ? 0 : std::stoul(range.substr(6));
    Page page{.content = large_, .headers = "ETag: \"" + md5_hex(bytes_of(large_)) + "\"\r\n"};
    page.fault = Page::Fault::cut;
    page.fault_after = std::min<std::size_t>(150'000, large_.size() - from);
    return page;
  });

  EXPECT_TRUE(read(location) == large_);
  EXPECT_TRUE(read(location, {.offset = 5, .length = 700'000}) == large_.substr(5, 700'000));
}

TEST_F(S3DriverTest, DoesNotGoOnWithOtherData) {
  const Location location = write("blob", large_);
  Page broken{.content = large_, .headers = "ETag: \"" + md5_hex(bytes_of(large_)) + "\"\r\n"};
  broken.fault = Page::Fault::cut;
  broken.fault_after = 150'000;
  service_.fail_before(first(
      1, [](const SeenRequest& request) { return request.method == "GET"; }, broken));
  service_.put_object("blob", varied_content(1'000'001));

  EXPECT_THAT(message_of(ErrorCode::unavailable, [&] { read(location); }), HasSubstr("was replaced"));
}

TEST_F(S3DriverTest, TakesNoOtherPartThanItAskedFor) {
  const Location location = write("blob", "0123456789");
  for (const std::string range : {"bytes 3-5/10", "bytes 2-5/10", "bytes 2-3/10", "", "bytes */10"}) {
    service_.fail_after([&](const SeenRequest& request) -> std::optional<Page> {
      if (request.method != "GET") return {};
      return Page{.status = 206, .content = "234", .headers = "Content-Range: " + range + "\r\n"};
    });

    EXPECT_EQ(error_of([&] { read(location, {.offset = 2, .length = 3}); }), ErrorCode::unavailable) << range;
  }
}

// Whom it asks, with which keys

TEST_F(S3DriverTest, UsesTheKeysOfALocationOnlyForOtherBuckets) {
  const S3Settings settings = service_.settings();
  const auto key_used = [&](const std::string& uri) {
    try {
      driver_->size({}, {uri, {}});
    } catch (const Error&) {  // another bucket is not there
    }
    const std::string header = service_.requests().back().header("Authorization");
    const auto from = header.find("Credential=") + 11;
    return header.substr(from, header.find('/') - from);
  };
  write("blob", "content");

  EXPECT_EQ(key_used("s3://old:secret@" + settings.location_host + "/images/blob"), "access");
  EXPECT_EQ(key_used("s3://old:sec/ret@" + settings.location_host + "/other/blob"), "old");
  EXPECT_EQ(key_used("s3://old:secret@elsewhere/images/blob"), "old");
  EXPECT_EQ(key_used("s3://elsewhere/images/blob"), "access");
}

TEST_F(S3DriverTest, AsksForTheBucketInTheHost) {
  S3Settings settings = service_.settings();
  settings.style = S3Style::in_host;
  settings.endpoint.host = "localhost";
  settings.client.proxies = {{"http", fetch::parse_uri(service_.origin().url(""))}};
  start_with(settings);

  EXPECT_EQ(error_of([&] { driver_->size({}, {"s3://localhost/images/blob", {}}); }), ErrorCode::not_found);

  const SeenRequest request = service_.requests().back();
  EXPECT_THAT(request.target, HasSubstr("://images.localhost:"));
  EXPECT_THAT(request.target, testing::EndsWith("/blob"));
  EXPECT_THAT(request.header("Host"), testing::StartsWith("images.localhost:"));
}

// What it says

TEST_F(S3DriverTest, SaysWhatToDoAboutARefusal) {
  const struct {
    std::string code;
    std::string advice;
  } cases[] = {{"SignatureDoesNotMatch", "s3_store_secret_key"},
               {"InvalidAccessKeyId", "s3_store_access_key"},
               {"RequestTimeTooSkewed", "clock"},
               {"AccessDenied", "Give their user the right"}};
  for (const auto& [code, advice] : cases) {
    start({});
    service_.fail_before([&, code = code](const SeenRequest&) { return s3_error(403, code); });

    EXPECT_THAT(message_of(ErrorCode::storage_denied, [&] { write("blob", "content"); }),
                AllOf(HasSubstr(advice), HasSubstr("images")))
        << code;
  }
}

TEST_F(S3DriverTest, NamesTheRegionThatTheBucketIsIn) {
  service_.fail_before([](const SeenRequest&) {
    Page page = s3_error(301, "PermanentRedirect");
    page.headers = "x-amz-bucket-region: eu-west-1\r\n";
    return page;
  });

  EXPECT_THAT(message_of(ErrorCode::storage_denied, [&] { write("blob", "content"); }),
              HasSubstr("in the region eu-west-1. Set s3_store_region_name"));
}

TEST_F(S3DriverTest, IsFullWhenTheQuotaIsUsedUp) {
  service_.fail_before(first(1, puts_object, s3_error(403, "QuotaExceeded")));
  EXPECT_EQ(error_of([&] { write("blob", "content"); }), ErrorCode::storage_full);
  service_.fail_before(first(1, is_part, s3_error(403, "QuotaExceeded")));
  EXPECT_EQ(error_of([&] { write("large", large_); }), ErrorCode::storage_full);
  EXPECT_THAT(service_.everything(), IsEmpty());
}

}  // namespace
}  // namespace vitrine::stores
