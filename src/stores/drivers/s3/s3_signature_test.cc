#include "stores/drivers/s3/s3_signature.h"

#include <gmock/gmock.h>

namespace vitrine::stores {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
const S3Keys example_keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const std::string empty_digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct Example {
  std::string method;
  std::string path;
  S3Query query;
  std::vector<fetch::Header> headers;
  std::string digest = empty_digest;
};

std::string authorization_of(const Example& example, std::string_view host = "examplebucket.s3.amazonaws.com",
                             std::string_view region = "us-east-1") {
  const Timestamp time = parse_time("2013-05-24T00:00:00Z").value();
  const auto headers = s3_signature({.method = example.method,
                                     .host = host,
                                     .path = example.path,
                                     .query = example.query,
                                     .headers = example.headers,
                                     .payload_digest = example.digest},
                                    example_keys, region, time);
  EXPECT_EQ(headers.at(0).name, "x-amz-content-sha256");
  EXPECT_EQ(headers.at(0).value, example.digest);
  EXPECT_EQ(headers.at(1).name, "x-amz-date");
  EXPECT_EQ(headers.at(1).value, "20130524T000000Z");
  EXPECT_EQ(headers.at(2).name, "Authorization");
  return headers.at(2).value;
}

TEST(S3Signature, SignsAReadOfARange) {
  EXPECT_EQ(authorization_of({"GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(S3Signature, SignsAWriteWithItsDigest) {
  const Example example{
      "PUT",
      "/test%24file.text",
      {},
      {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
      sha256_hex(bytes_of("Welcome to Amazon S3."))};

  EXPECT_THAT(authorization_of(example),
              HasSubstr("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(S3Signature, SignsAParameterWithoutAValue) {
  EXPECT_THAT(authorization_of({"GET", "/", {{"lifecycle", ""}}, {}}),
              HasSubstr("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST(S3Signature, SignsParametersInTheirOrderHoweverTheyAreGiven) {
  for (const S3Query& query :
       {S3Query{{"max-keys", "2"}, {"prefix", "J"}}, {{"prefix", "J"}, {"max-keys", "2"}}}) {
    EXPECT_THAT(authorization_of({"GET", "/", query, {}}),
                HasSubstr("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
  }
}

// Computed by botocore.
TEST(S3Signature, SignsOddCharactersAnyPortAndAnyRegion) {
  const Example example{"PUT",
                        "/images/a%20b%2Bc~d",
                        {{"partNumber", "2"}, {"uploadId", "2~x/y="}},
                        {},
                        sha256_hex(bytes_of("part"))};

  EXPECT_THAT(authorization_of(example, "127.0.0.1:8080", "eu-central-1"),
              AllOf(HasSubstr("/20130524/eu-central-1/s3/aws4_request"),
                    HasSubstr("cc82c765fc928d8b15b6ed5bbbd3451f17e7a52f8bcba2de414588e6157271d6")));
}

TEST(S3Signature, WritesNoSecret) {
  EXPECT_THAT(authorization_of({"GET", "/", {}, {}}), Not(HasSubstr(example_keys.secret)));
}

TEST(S3Signature, PutsTheQueryInOrder) {
  EXPECT_EQ(s3_query_text({{"b", "2~/"}, {"a", ""}}), "a=&b=2~%2F");
}

}  // namespace
}  // namespace vitrine::stores
