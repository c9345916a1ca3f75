#include "stores/drivers/s3/s3_driver.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/contract/driver_contract.h"
#include "tests/support/fake_s3.h"

namespace vitrine::stores {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::error_of;
using tests::FakeS3;
using tests::Page;
using tests::s3_error;
using tests::SeenRequest;
using tests::varied_content;

constexpr std::uint64_t kib = 1024;
const Page cut{.verbatim = ""};

bool is_part(const SeenRequest& request) {
  return request.target.find("partNumber=") != std::string::npos;
}
bool begins_upload(const SeenRequest& request) {
  return request.method == "POST" && request.target.ends_with("?uploads=");
}
bool completes(const SeenRequest& request) {
  return request.method == "POST" && request.target.find("?uploadId=") != std::string::npos;
}
bool puts_object(const SeenRequest& request) {
  return request.method == "PUT" && request.target.find('?') == std::string::npos;
}

/// Answers so to the first `count` requests that are meant.
FakeS3::Fault first(unsigned count, bool (*is_meant)(const SeenRequest&), Page page) {
  auto left = std::make_shared<std::atomic<unsigned>>(count);
  return [=](const SeenRequest& request) -> std::optional<Page> {
    if (!is_meant(request) || *left == 0) return {};
    --*left;
    return page;
  };
}

class S3DriverTest : public ::testing::Test {
 protected:
  /// A driver whose blobs of more than 100 KiB are uploaded in parts of that size.
  S3DriverTest() {
    start({.multipart_from = 100 * kib, .part = 100 * kib, .memory = 400 * kib, .threads = 3});
  }

  void start(const S3PartSizes& sizes) {
    S3Settings settings = service_.settings();
    settings.sizes = sizes;
    start_with(std::move(settings));
  }
  void start_with(S3Settings settings) { driver_ = std::make_unique<S3Driver>(std::move(settings)); }
  /// Blobs of known size are pushed as one object.
  void start_pushing() { start({.part = 100 * kib, .memory = 40 * kib}); }

  Location write(const std::string& name, const std::string& content, bool is_size_known = true) {
    const auto size = is_size_known ? std::optional<std::uint64_t>(content.size()) : std::nullopt;
    const auto writer = driver_->create({}, {name}, size);
    for (std::size_t at = 0; at < content.size(); at += 30'000) {
      writer->write(bytes_of(std::string_view(content).substr(at, 30'000)));
    }
    return writer->commit();
  }
  std::string read(const Location& location, ByteRange range = {}) {
    return tests::read_all(*driver_->open({}, location, range), 10'000);
  }
  std::string message_of(const std::function<void()>& body, ErrorCode code) {
    try {
      body();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  FakeS3 service_;
  std::unique_ptr<S3Driver> driver_;
  const std::string large_ = varied_content(1'000'000);
};

// How blobs are written

TEST_F(S3DriverTest, PutsSmallBlobsAsOneObjectAndLargeOnesInParts) {
  EXPECT_EQ(write("small", "content").uri, "s3://" + service_.settings().location_host + "/images/small");
  EXPECT_EQ(service_.completed_parts(), 0u);
  for (const bool is_size_known : {true, false}) {
    write(is_size_known ? "known" : "unknown", large_, is_size_known);
    EXPECT_EQ(service_.completed_parts(), 10u);
  }

  EXPECT_EQ(service_.object("small"), "content");
  EXPECT_TRUE(service_.object("known") == large_);
  EXPECT_TRUE(service_.object("unknown") == large_);
}

TEST_F(S3DriverTest, SignsWhatItHoldsAndPushesWhatItDoesNot) {
  write("signed", "content");
  EXPECT_EQ(service_.requests().back().header("x-amz-content-sha256"), sha256_hex(bytes_of("content")));

  start_pushing();
  write("pushed", large_);
  EXPECT_EQ(service_.requests().back().header("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
  EXPECT_TRUE(service_.object("pushed") == large_);
}

TEST_F(S3DriverTest, MakesNoPartsThatAreMoreThanS3Takes) {
  start({.multipart_from = 0, .part = 1, .memory = std::uint64_t{64} << 20, .threads = 3});

  write("blob", large_);

  EXPECT_LE(service_.completed_parts(), 10'000u);
}

TEST_F(S3DriverTest, SendsPartsAtTheSameTimeButNoMoreThanItMay) {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  service_.origin().answer_with([&](const SeenRequest& request) -> Page {
    if (begins_upload(request)) {
      return {.content =
                  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"};
    }
    if (!is_part(request))
      return request.method == "HEAD" && request.target != "/images" ? Page{.status = 404} : Page{};
    const int here = ++now;
    for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    --now;
    return {.headers = "ETag: \"etag\"\r\n"};
  });

  const auto writer = driver_->create({}, {"blob"}, large_.size());
  writer->write(bytes_of(large_));

  EXPECT_GT(most, 1);
  EXPECT_LE(most, 3);
}

TEST_F(S3DriverTest, CreatesAMissingBucketOnlyIfTold) {
  service_.remove_bucket();
  EXPECT_THAT(message_of([&] { write("blob", "content"); }, ErrorCode::storage_denied),
              AllOf(HasSubstr("images does not exist"), HasSubstr("s3_store_create_bucket_on_put")));

  S3Settings settings = service_.settings();
  settings.creates_bucket = true;
  settings.region = "eu-west-1";
  settings.is_region_given = true;
  start_with(settings);
  write("blob", "content");

  EXPECT_EQ(service_.object("blob"), "content");
  EXPECT_THAT(service_.requests().at(2).body, HasSubstr("<LocationConstraint>eu-west-1<"));
}

// What is safe to repeat

TEST_F(S3DriverTest, RepeatsWhatFailsForReasonsThatPass) {
  for (const Page& fault :
       {cut, s3_error(500, "InternalError"), s3_error(503, "SlowDown"), s3_error(400, "BadDigest")}) {
    for (bool (*is_meant)(const SeenRequest&) : {puts_object, begins_upload, is_part, completes}) {
      service_.fail_before(first(2, is_meant, fault));

      const Location small = write("small", "content");
      const Location large = write("large", large_);

      EXPECT_EQ(service_.object("small"), "content");
      EXPECT_TRUE(service_.object("large") == large_);
      driver_->remove({}, small);
      driver_->remove({}, large);
      EXPECT_THAT(service_.everything(), IsEmpty());
    }
  }
}

TEST_F(S3DriverTest, KnowsItsOwnWorkWhenTheAnswerWasLost) {
  for (bool (*is_meant)(const SeenRequest&) : {puts_object, begins_upload, is_part}) {
    for (const unsigned times : {1, 3}) {
      if (times == 3 && is_meant != puts_object) continue;  // nothing would be known
      service_.fail_after(first(times, is_meant, cut));

      const Location small = write("small", "content");
      const Location large = write("large", large_);

      EXPECT_EQ(service_.object("small"), "content");
      EXPECT_TRUE(service_.object("large") == large_);
      driver_->remove({}, small);
      driver_->remove({}, large);
      EXPECT_THAT(service_.everything(), IsEmpty());
    }
  }
}

TEST_F(S3DriverTest, KnowsAPushedBlobWhoseAnswerWasLost) {
  start_pushing();
  service_.fail_after(first(1, puts_object, cut));

  write("blob", large_);

  EXPECT_TRUE(service_.object("blob") == large_);
}

TEST_F(S3DriverTest, IsADuplicateThoughItsRequestWasRepeated) {
  const auto writer = driver_->create({}, {"blob"}, 7);
  writer->write(bytes_of("content"));
  service_.put_object("blob", "of another");
  service_.fail_before(first(1, puts_object, cut));

  EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::duplicate);
  EXPECT_EQ(service_.object("blob"), "of another");
}

std::optional<Page> refuse_conditions(const SeenRequest& request) {
  if (request.header("If-None-Match").empty()) return {};
  return s3_error(501, "NotImplemented");
}

TEST_F(S3DriverTest, ReplacesNothingThoughTheServiceKnowsNoConditions) {
  service_.fail_before(refuse_conditions);
  const auto late = driver_->create({}, {"late"}, 7);
  late->write(bytes_of("content"));

  write("small", "content");
  write("large", large_);
  service_.put_object("late", "of another");

  EXPECT_EQ(service_.object("small"), "content");
  EXPECT_TRUE(service_.object("large") == large_);
  EXPECT_EQ(error_of([&] { late->commit(); }), ErrorCode::duplicate);
  EXPECT_EQ(service_.object("late"), "of another");
}

TEST_F(S3DriverTest, PushesToAServiceThatKnowsNoConditions) {
  start_pushing();
  service_.fail_before(refuse_conditions);
  service_.origin().take_bodies({.fault = tests::BodyRule::Fault::answer, .count = 1});

  write("blob", large_);
  const auto late = driver_->create({}, {"late"}, large_.size());
  late->write(bytes_of(large_));
  service_.put_object("late", "of another");

  EXPECT_TRUE(service_.object("blob") == large_);
  EXPECT_EQ(error_of([&] { late->commit(); }), ErrorCode::duplicate);
  EXPECT_EQ(service_.object("late"), "of another");
}

// What goes wrong leaves nothing

TEST_F(S3DriverTest, LeavesNothingWhateverIsRefused) {
  for (const Page& fault : {s3_error(403, "AccessDenied"), s3_error(500, "InternalError"), cut}) {
    for (bool (*is_meant)(const SeenRequest&) : {puts_object, begins_upload, is_part, completes}) {
      service_.fail_before(first(100, is_meant, fault));
      EXPECT_ANY_THROW({
        write("small", "content");
        write("large", large_);
      });
      service_.fail_before({});
      driver_->discard({}, {"small"});

      EXPECT_THAT(service_.everything(), IsEmpty());
    }
  }
}

TEST_F(S3DriverTest, LeavesNothingOfAPushedBlobThatIsRefused) {
  start_pushing();
  service_.fail_before(first(100, puts_object, s3_error(507, "InsufficientStorage")));

  EXPECT_EQ(error_of([&] { write("large", large_); }), ErrorCode::storage_full);
  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(S3DriverTest, RefusesAPushedBlobThatArrivedDamaged) {
  start_pushing();
  service_.fail_after([](const SeenRequest& request) -> std::optional<Page> {
    if (!puts_object(request)) return {};
    return Page{.headers = "ETag: \"" + md5_hex(bytes_of("other content")) + "\"\r\n"};
  });

  EXPECT_EQ(error_of([&] { write("large", large_); }), ErrorCode::unavailable);
  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(S3DriverTest, IsNotCompleteThoughItWasAnsweredWith200) {
  Page failed = s3_error(200, "InternalError");
  service_.fail_before(first(100, completes, failed));

  EXPECT_EQ(error_of([&] { write("large", large_); }), ErrorCode::unavailable);
  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(S3DriverTest, RemovesWhatCameIntoBeingThoughItsCommitFailed) {
  {
    const auto writer = driver_->create({}, {"blob"}, 7);
    writer->write(bytes_of("content"));
    // The answers to the PUT and to three questions about it are lost.
    service_.fail_after(first(
        6, [](const SeenRequest& r) { return puts_object(r) || r.method == "HEAD"; }, cut));
    EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::unavailable);
    EXPECT_THAT(service_.everything(), ElementsAre("object blob"));
  }

  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(S3DriverTest, RemovesWithTheNextBlobWhatItCouldNotRemoveAtOnce) {
  service_.fail_before(first(
      100, [](const SeenRequest& r) { return is_part(r) || r.method == "DELETE"; }, cut));
  EXPECT_EQ(error_of([&] { write("large", large_); }), ErrorCode::unavailable);
  EXPECT_THAT(service_.everything(), ElementsAre("upload large"));

  service_.fail_before({});
  write("next", "content");

  EXPECT_THAT(service_.everything(), ElementsAre("object next"));
}

TEST_F(S3DriverTest, DiscardsUploadsThatACrashedServiceLeft) {
  const auto live = driver_->create({}, {"blob"}, large_.size());
  live->write(bytes_of(large_));
  S3Settings settings = service_.settings();
  S3Client client(settings);
  const S3Bucket bucket{settings.bucket, settings.keys};
  for (const std::string key : {"blob", "blob-and-more"}) {
    client.ask({}, bucket, {.method = fetch::Method::post, .key = key, .query = {{"uploads", ""}}});
  }
  service_.put_object("blob", "unrecorded");

  driver_->discard({}, {"blob"});

  EXPECT_THAT(service_.everything(), ElementsAre("upload blob", "upload blob-and-more"));
  EXPECT_EQ(live->commit().uri, "s3://" + settings.location_host + "/images/blob");
  client.ask({}, bucket,
             {.method = fetch::Method::remove, .key = "blob-and-more", .query = {{"uploadId", "2~3"}}});
}

TEST_F(S3DriverTest, GivesUpAnUploadThatIsStopped) {
  std::stop_source stop;
  service_.fail_before([&](const SeenRequest& request) -> std::optional<Page> {
    if (is_part(request)) stop.request_stop();
    return {};
  });
  {
    const auto writer = driver_->create({.stop = stop.get_token()}, {"blob"}, large_.size());
    EXPECT_EQ(error_of([&] {
                writer->write(bytes_of(large_));
                writer->commit();
              }),
              ErrorCode::cancelled);
  }

  EXPECT_THAT(service_.everything(), IsEmpty());
}

// Reading

TEST_F(S3DriverTest, GoesOnReadingWhereAConnectionBroke) {
  const Location location = write("large", large_);
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

  EXPECT_THAT(message_of([&] { read(location); }, ErrorCode::unavailable), HasSubstr("was replaced"));
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

    EXPECT_THAT(message_of([&] { write("blob", "content"); }, ErrorCode::storage_denied),
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

  EXPECT_THAT(message_of([&] { write("blob", "content"); }, ErrorCode::storage_denied),
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
