#include "stores/drivers/s3/s3_location.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

TEST(S3Location, IsReadAndWrittenAlike) {
  for (const std::string uri :
       {"s3://host/bucket/key", "s3+https://host:8443/bucket/key", "s3+http://[::1]:80/bucket/key",
        "s3://host/behind/it/bucket/key", "s3://host/bucket/a b%20+?#@:c"}) {
    const S3Location location = parse_s3_location(uri);

    EXPECT_EQ(to_uri(location), uri);
    EXPECT_FALSE(location.keys) << uri;
  }
}

TEST(S3Location, HasTheKeysThatOlderServicesWrote) {
  const S3Location location = parse_s3_location("s3+https://access:se/cr:e+t@host:80/bucket/key");

  EXPECT_EQ(location, (S3Location{"s3+https", S3Keys{"access", "se/cr:e+t"}, "host:80", "bucket", "key"}));
  EXPECT_EQ(to_uri(location), "s3+https://host:80/bucket/key");
}

TEST(S3Location, IsNoneWithoutAllItsParts) {
  for (const std::string uri : {"", "s3://", "s3://host", "s3://host/key", "s3://host//key",
                                "swift://host/bucket/key", "host/bucket/key", "s3://access@host/bucket/key",
                                "s3://access:secret@https://host/bucket/key", "s3://a:b@/bucket/key"}) {
    try {
      parse_s3_location(uri);
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid);
      EXPECT_EQ(std::string(error.what()).find("access"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace vitrine::stores
