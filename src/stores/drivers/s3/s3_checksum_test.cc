#include "stores/drivers/s3/s3_checksum.h"

#include <gmock/gmock.h>

#include "tests/support/s3_fixture.h"

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::message_of;

class S3ChecksumTest : public S3DriverTest {
 protected:
  void start_with_sums(const S3PartSizes& sizes) {
    S3Settings settings = service_.settings();
    settings.sizes = sizes;
    settings.sums = S3Sums::crc32;
    settings.checks_sums = true;
    start_with(std::move(settings));
  }
  /// The requests of this kind.
  std::vector<SeenRequest> requests(bool (*is_meant)(const SeenRequest&)) const {
    std::vector<SeenRequest> meant = service_.requests();
    std::erase_if(meant, [&](const SeenRequest& request) { return !is_meant(request); });
    return meant;
  }
  /// From here on the service says so of each object.
  void tell(const std::string& checksum) {
    service_.fail_after([=](const SeenRequest& request) -> std::optional<Page> {
      if (request.header("x-amz-checksum-mode") != "ENABLED") return {};
      return Page{.content = "123456789",
                  .headers = "ETag: \"25f9e794323b453885f5181f1b624d0b\"\r\nx-amz-checksum-crc32: " +
                             checksum + "\r\n"};
    });
  }

  static constexpr S3PartSizes in_parts_{
      .multipart_from = 100 * kib, .part = 100 * kib, .memory = 400 * kib, .threads = 3};
};

TEST_F(S3ChecksumTest, IsTheCrc32InBase64) {
  EXPECT_EQ(s3_checksum_of(bytes_of("123456789")), "y/Q5Jg==");
  EXPECT_EQ(s3_checksum_of({}), "AAAAAA==");
}

TEST_F(S3ChecksumTest, GoesWithAnObjectThatIsHeld) {
  start_with_sums(in_parts_);

  write("blob", "123456789");

  EXPECT_EQ(requests(puts_object).front().header("x-amz-checksum-crc32"), "y/Q5Jg==");
}

TEST_F(S3ChecksumTest, GoesWithEachPartAndWithTheListOfParts) {
  start_with_sums(in_parts_);

  write("blob", large_);

  EXPECT_EQ(requests(begins_upload).front().header("x-amz-checksum-algorithm"), "CRC32");
  const auto completion = requests(completes).front();
  const auto parts = requests(is_part);
  EXPECT_EQ(parts.size(), 10u);
  for (const SeenRequest& part : parts) {
    const std::string checksum = s3_checksum_of(bytes_of(part.body));
    EXPECT_EQ(part.header("x-amz-checksum-crc32"), checksum);
    EXPECT_THAT(completion.body, HasSubstr("<ChecksumCRC32>" + checksum + "</ChecksumCRC32>"));
  }
  EXPECT_TRUE(service_.object("blob") == large_);
}

TEST_F(S3ChecksumTest, DoesNotGoWithPartsThatAreSentAsTheyCome) {
  start_with_sums({.multipart_from = 100 * kib, .part = 100 * kib, .memory = 40 * kib});

  write("blob", large_);

  EXPECT_EQ(requests(begins_upload).front().header("x-amz-checksum-algorithm"), "");
  EXPECT_EQ(requests(is_part).front().header("x-amz-checksum-crc32"), "");
  EXPECT_THAT(requests(completes).front().body, Not(HasSubstr("Checksum")));
}

TEST_F(S3ChecksumTest, IsNotThereUnlessItIsWanted) {
  const Location location = write("small", "123456789");
  write("large", large_);
  read(location);

  for (const SeenRequest& request : service_.requests()) {
    EXPECT_EQ(request.header("x-amz-checksum-crc32") + request.header("x-amz-checksum-algorithm") +
                  request.header("x-amz-checksum-mode"),
              "");
  }
}

TEST_F(S3ChecksumTest, IsHeldAgainstWhatIsReadAsAWhole) {
  start_with_sums(in_parts_);
  const Location location = write("blob", "123456789");
  for (const ByteRange whole : {ByteRange{}, ByteRange{0, 9}}) {
    tell("y/Q5Jg==");
    EXPECT_EQ(read(location, whole), "123456789");

    tell("AAAAAA==");
    EXPECT_THAT(message_of(ErrorCode::damaged, [&] { read(location, whole); }), HasSubstr("damaged"));
  }
}

TEST_F(S3ChecksumTest, SaysNothingOfAPartOfTheData) {
  start_with_sums(in_parts_);
  const Location location = write("blob", "123456789");
  tell("AAAAAA==");

  EXPECT_EQ(read(location, {0, 8}), "12345678");
  EXPECT_EQ(read(location, {.offset = 1}), "23456789");
}

TEST_F(S3ChecksumTest, SaysNothingIfItIsOneOfChecksums) {
  start_with_sums(in_parts_);
  const Location location = write("blob", "123456789");
  tell("AAAAAA==-2");

  EXPECT_EQ(read(location), "123456789");
}

}  // namespace
}  // namespace vitrine::stores
