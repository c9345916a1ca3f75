#include "stores/drivers/s3/s3_settings.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <fstream>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

class S3SettingsTest : public ::testing::Test {
 protected:
  /// A configuration whose store [cloud] has these lines after those that it needs.
  std::unique_ptr<config::Config> config_of(const std::string& lines) const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file)
        << "[cloud]\ns3_store_host = http://s3.example.org:9000\ns3_store_access_key = access\n"
           "s3_store_secret_key = secret\ns3_store_bucket = images\n"
        << lines << "\n[DEFAULT]\nenabled_backends = cloud:s3\n";
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    return std::make_unique<config::Config>(search, s3_options());
  }
  S3Settings read(const std::string& lines) const { return read_s3_settings(*config_of(lines), "cloud"); }

  /// The one finding about the lines, which reading them throws, too.
  std::string fault(const std::string& lines) const {
    const auto config = config_of(lines);
    const std::vector<config::Finding> findings = check_s3_settings(*config, "cloud");
    EXPECT_THAT(findings, SizeIs(1)) << lines;
    try {
      read_s3_settings(*config, "cloud");
      ADD_FAILURE() << lines << " is taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
    }
    return findings.empty() ? "" : findings.front().message;
  }

  std::string endpoint(const std::string& lines) const { return origin_of(read(lines).endpoint); }

  tests::TemporaryDirectory place_;
};

TEST_F(S3SettingsTest, WantChecksumsOnlyIfAllOfItIsSet) {
  const std::string each =
      "s3_store_request_checksum_calculation = when_supported\n"
      "s3_store_response_checksum_validation = when_supported\n";
  const std::string is_on = "s3_store_enable_data_integrity_protection = true\n";

  for (const std::string& lines : {std::string(), each, is_on}) {
    EXPECT_EQ(read(lines).sums, S3Sums::none) << lines;
    EXPECT_FALSE(read(lines).checks_sums) << lines;
    EXPECT_EQ(read(lines).sizes.multipart_from, 100 * mib) << lines;
  }
  const S3Settings settings = read(is_on + each);
  EXPECT_EQ(settings.sums, S3Sums::crc32);
  EXPECT_TRUE(settings.checks_sums);
  EXPECT_EQ(settings.sizes.multipart_from, 27 * mib);
}

TEST_F(S3SettingsTest, AreGlancesIfNothingElseIsSet) {
  const S3Settings settings = read("");

  EXPECT_EQ(origin_of(settings.endpoint), "http://s3.example.org:9000");
  EXPECT_EQ(settings.region, "us-east-1");
  EXPECT_FALSE(settings.is_region_given);
  EXPECT_EQ(settings.style, S3Style::in_path);
  EXPECT_EQ(settings.keys, (S3Keys{"access", "secret"}));
  EXPECT_FALSE(settings.creates_bucket);
  EXPECT_EQ(settings.sizes.multipart_from, 100 * mib);
  EXPECT_EQ(settings.sizes.part, 10 * mib);
  EXPECT_EQ(settings.sizes.threads, 10u);
  EXPECT_THAT(check_s3_settings(*config_of(""), "cloud"), IsEmpty());
}

TEST_F(S3SettingsTest, TakeAHostWithoutASchemeForHttp) {
  EXPECT_EQ(endpoint("s3_store_host = s3.example.org:9000"), "http://s3.example.org:9000");
  EXPECT_EQ(endpoint("s3_store_host = https://s3.example.org/"), "https://s3.example.org");
}

TEST_F(S3SettingsTest, WriteLocationsAsGlanceStoreDoes) {
  const auto prefixes = [&](const std::string& host) {
    return s3_uri_prefixes(*config_of("s3_store_host = " + host), "cloud");
  };

  EXPECT_THAT(prefixes("s3.example.org:80"), ElementsAre("s3://s3.example.org:80/images/"));
  EXPECT_THAT(prefixes("http://s3.example.org/"), ElementsAre("s3://s3.example.org/images/"));
  EXPECT_THAT(prefixes("https://S3.example.org"), ElementsAre("s3+https://S3.example.org/images/"));
}

TEST_F(S3SettingsTest, TellTheRegionByTheOptionOrByAmazonsHosts) {
  const S3Settings told =
      read("s3_store_region_name = north\ns3_store_host = https://s3-eu-west-1.amazonaws.com");
  EXPECT_EQ(told.region, "north");
  EXPECT_EQ(told.endpoint.host, "s3-eu-west-1.amazonaws.com");

  const S3Settings known = read("s3_store_host = https://s3-eu-west-1.amazonaws.com");
  EXPECT_EQ(known.region, "eu-west-1");
  EXPECT_TRUE(known.is_region_given);
  EXPECT_EQ(known.endpoint.host, "s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(known.location_host, "s3-eu-west-1.amazonaws.com");

  EXPECT_EQ(read("s3_store_host = https://s3-cn-north-1.amazonaws.com.cn").endpoint.host,
            "s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(read("s3_store_host = https://s3.amazonaws.com").region, "us-east-1");
}

TEST_F(S3SettingsTest, PutTheBucketIntoTheHostWhereThatWorks) {
  const std::string amazon = "s3_store_host = https://s3.amazonaws.com\n";
  EXPECT_EQ(read(amazon).style, S3Style::in_host);
  EXPECT_EQ(read(amazon + "s3_store_bucket = my.images").style, S3Style::in_path);
  EXPECT_EQ(read(amazon + "s3_store_bucket_url_format = path").style, S3Style::in_path);
  EXPECT_EQ(read("s3_store_bucket_url_format = virtual").style, S3Style::in_host);
  EXPECT_THAT(fault("s3_store_bucket_url_format = virtual\ns3_store_bucket = My_images"),
              HasSubstr("My_images cannot be a part of a host name; write path"));
  EXPECT_THAT(fault("s3_store_bucket_url_format = both"), HasSubstr("none of auto, virtual, path"));
}

TEST_F(S3SettingsTest, RefuseWhatS3CannotDo) {
  EXPECT_THAT(fault("s3_store_large_object_chunk_size = 4"), HasSubstr("from 5 to 5120"));
  EXPECT_THAT(fault("s3_store_large_object_chunk_size = 5121"), HasSubstr("from 5 to 5120"));
  EXPECT_THAT(fault("s3_store_thread_pools = 0"), HasSubstr("must be 1 at least"));
  EXPECT_THAT(fault("s3_store_cacert = /nowhere"), HasSubstr("/nowhere is not a file that can be read"));
  EXPECT_THAT(fault("s3_store_host = ftp://example.org"), HasSubstr("no address of a service"));
  EXPECT_THAT(fault("s3_store_host = http://user:secretword@example.org"), Not(HasSubstr("secretword")));
}

TEST_F(S3SettingsTest, MissWhatIsSetToNothing) {
  EXPECT_THAT(fault("s3_store_bucket =\ns3_store_secret_key ="),
              HasSubstr("needs s3_store_secret_key, s3_store_bucket"));
}

TEST_F(S3SettingsTest, TellSizesInBytes) {
  const auto config = config_of("s3_store_large_object_size = 7");

  EXPECT_EQ(boost::json::serialize(s3_properties(*config, "cloud")),
            "{\"s3_store_large_object_size\":7340032,\"s3_store_large_object_chunk_size\":10485760,"
            "\"s3_store_thread_pools\":10}");
}

}  // namespace
}  // namespace vitrine::stores
