#include <gmock/gmock.h>

#include <thread>

#include "tests/support/s3_fixture.h"

namespace vitrine::stores {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::error_of;
using tests::message_of;
using tests::s3_error;

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
  struct Parts {
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
  };
  // The service may still be answering a part when the test has ended.
  const auto parts = std::make_shared<Parts>();
  service_.origin().answer_with([parts](const SeenRequest& request) -> Page {
    if (begins_upload(request)) {
      return {.content =
                  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"};
    }
    if (!is_part(request))
      return request.method == "HEAD" && request.target != "/images" ? Page{.status = 404} : Page{};
    const int here = ++parts->now;
    for (int seen = parts->most; seen < here && !parts->most.compare_exchange_weak(seen, here);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    --parts->now;
    return {.headers = "ETag: \"etag\"\r\n"};
  });

  const auto writer = driver_->create({}, {"blob"}, large_.size());
  writer->write(bytes_of(large_));

  EXPECT_GT(parts->most, 1);
  EXPECT_LE(parts->most, 3);
}

TEST_F(S3DriverTest, CreatesAMissingBucketOnlyIfTold) {
  service_.remove_bucket();
  EXPECT_THAT(message_of(ErrorCode::storage_denied, [&] { write("blob", "content"); }),
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

TEST_F(S3DriverTest, KnowsABlobOfPartsWhoseCompletionWasNotAnswered) {
  for (const Page& fault : {cut, s3_error(500, "InternalError"), s3_error(200, "InternalError")}) {
    service_.fail_after(first(1, completes, fault));

    const Location location = write("large", large_);

    EXPECT_TRUE(read(location) == large_);
    EXPECT_THAT(service_.everything(), ElementsAre("object large"));
    driver_->remove({}, location);
  }
}

TEST_F(S3DriverTest, RemovesABlobOfPartsThatNobodyKnowsToBeComplete) {
  {
    const auto writer = driver_->create({}, {"large"}, large_.size());
    writer->write(bytes_of(large_));
    std::atomic<bool> is_complete = false;
    service_.fail_after([&](const SeenRequest& request) -> std::optional<Page> {
      is_complete = is_complete || completes(request);
      return is_complete ? std::optional<Page>(cut) : std::nullopt;
    });
    EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::unavailable);
    EXPECT_THAT(service_.everything(), ElementsAre("object large"));
    service_.fail_after({});
  }

  EXPECT_THAT(service_.everything(), IsEmpty());
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
  // By value: parts that are under way may be answered when the test has ended.
  service_.fail_before([stop](const SeenRequest& request) mutable -> std::optional<Page> {
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

}  // namespace
}  // namespace vitrine::stores
