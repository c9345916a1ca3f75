#include <gmock/gmock.h>

#include <cstdlib>
#include <stdexcept>

#include "base/ids.h"
#include "stores/drivers/s3/s3_driver.h"
#include "tests/contract/driver_contract.h"

/// Against the real service that the environment names: S3_URL, S3_ACCESS_KEY, S3_SECRET_KEY.
namespace vitrine::tests {
namespace {

using stores::S3Bucket;
using stores::S3Query;
using stores::S3Settings;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; run this beside an S3 service");
  return value;
}

S3Settings new_bucket() {
  S3Settings settings;
  settings.endpoint = fetch::parse_uri(from_environment("S3_URL"));
  settings.region = "us-east-1";
  settings.keys = {from_environment("S3_ACCESS_KEY"), from_environment("S3_SECRET_KEY")};
  settings.bucket = "vitrine-" + new_uuid();
  settings.creates_bucket = true;
  settings.location_scheme = "s3";
  settings.location_host = origin_of(settings.endpoint).substr(settings.endpoint.scheme.size() + 3);
  return settings;
}

/// A bucket of its own, seen with requests of its own.
class ServiceSubject : public DriverSubject {
 public:
  explicit ServiceSubject(S3Settings settings)
      : client_(settings), bucket_{settings.bucket, settings.keys}, driver_(std::move(settings)) {
    client_.ask({}, bucket_, {.method = fetch::Method::put});
  }
  ~ServiceSubject() override { client_.ask({}, bucket_, {.method = fetch::Method::remove}); }

  stores::Driver& driver() override { return driver_; }

  std::vector<std::string> everything() override {
    std::vector<std::string> result = keys_in("object ", {});
    const auto uploads = keys_in("upload ", {{"uploads", ""}});
    result.insert(result.end(), uploads.begin(), uploads.end());
    return result;
  }

 private:
  std::vector<std::string> keys_in(const std::string& kind, const S3Query& query) {
    const auto answer = client_.ask({}, bucket_, {.query = query});
    if (!answer.is_good()) throw std::runtime_error("the bucket cannot be listed");
    const std::string text = answer.response->read_text(std::size_t{1} << 20);
    std::vector<std::string> keys;
    for (auto at = text.find("<Key>"); at != std::string::npos; at = text.find("<Key>", at + 1)) {
      keys.push_back(kind + text.substr(at + 5, text.find('<', at + 5) - at - 5));
    }
    return keys;
  }

  stores::S3Client client_;
  const S3Bucket bucket_;
  stores::S3Driver driver_;
};

DriverCase service_case(const std::string& name, const stores::S3PartSizes& sizes) {
  return {name, [=] {
            S3Settings settings = new_bucket();
            settings.sizes = sizes;
            return std::make_unique<ServiceSubject>(std::move(settings));
          }};
}

const std::vector<DriverCase> cases = {
    service_case("AsConfiguredByDefault", {}),
    // Smaller parts than 5 MiB are refused, so that these push what is of known size, and gather the rest.
    service_case("Pushed", {.part = 5 * mib, .memory = 64 * 1024 + 10 * mib}),
    service_case("PartsAtOnce", {.multipart_from = 0, .part = 5 * mib}),
};
INSTANTIATE_DRIVER_CONTRACT(Service, cases);

class S3ServiceTest : public ::testing::Test {
 protected:
  S3Settings settings_ = new_bucket();

  /// The sizes of a driver under test, each with the blob's size told or not.
  void expect_round_trip(const stores::S3PartSizes& sizes, const std::string& content) {
    settings_.sizes = sizes;
    ServiceSubject subject(settings_);
    for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(content.size()), {}}) {
      const auto writer = subject.driver().create({}, {"blob"}, size);
      for (std::size_t at = 0; at < content.size(); at += 512 * 1024) {
        writer->write(bytes_of(std::string_view(content).substr(at, 512 * 1024)));
      }
      const stores::Location location = writer->commit();
      EXPECT_TRUE(read_all(*subject.driver().open({}, location, {}), 100'000) == content);
      subject.driver().remove({}, location);
      EXPECT_THAT(subject.everything(), IsEmpty());
    }
  }
};

TEST_F(S3ServiceTest, KeepsBlobsOfManyParts) {
  const std::string content = varied_content(23'000'001);

  expect_round_trip({.multipart_from = 0, .part = 5 * mib, .memory = 20 * mib, .threads = 3}, content);
  expect_round_trip({.multipart_from = 0, .part = 5 * mib, .memory = 11 * mib, .threads = 3}, content);
  expect_round_trip({.multipart_from = 0, .part = 11 * mib, .memory = 12 * mib, .threads = 3}, content);
}

TEST_F(S3ServiceTest, LeavesNothingOfAnUploadThatIsGivenUp) {
  settings_.sizes = {.multipart_from = 0, .part = 5 * mib, .memory = 20 * mib, .threads = 3};
  ServiceSubject subject(settings_);
  const std::string content = varied_content(17'000'000);
  {
    const auto writer = subject.driver().create({}, {"blob"}, 23'000'000);
    writer->write(bytes_of(content));
    EXPECT_THAT(subject.everything(), ::testing::ElementsAre("upload blob"));
  }

  EXPECT_THAT(subject.everything(), IsEmpty());
}

TEST_F(S3ServiceTest, LetsOneOfTwoUploadsInPartsCommit) {
  settings_.sizes = {.multipart_from = 0, .part = 5 * mib, .memory = 20 * mib, .threads = 3};
  ServiceSubject subject(settings_);
  const std::string content = varied_content(6'000'000);
  const auto first = subject.driver().create({}, {"blob"}, {});
  const auto second = subject.driver().create({}, {"blob"}, {});
  for (const auto* writer : {&first, &second}) (*writer)->write(bytes_of(content));

  const stores::Location location = second->commit();

  EXPECT_EQ(error_of([&] { first->commit(); }), ErrorCode::duplicate);
  EXPECT_EQ(subject.driver().size({}, location), content.size());
  subject.driver().remove({}, location);
}

TEST_F(S3ServiceTest, TakesAndGivesDataWithChecksums) {
  settings_.sums = stores::S3Sums::crc32;
  settings_.checks_sums = true;
  settings_.sizes = {.multipart_from = 6 * mib, .part = 5 * mib, .memory = 20 * mib, .threads = 3};
  ServiceSubject subject(settings_);
  const std::string content = varied_content(11'000'000);
  for (const std::string_view part :
       {std::string_view(content), std::string_view(content).substr(0, 1'000'000)}) {
    const auto writer = subject.driver().create({}, {"blob"}, part.size());
    writer->write(bytes_of(part));

    const stores::Location location = writer->commit();

    EXPECT_TRUE(read_all(*subject.driver().open({}, location, {}), 100'000) == part);
    subject.driver().remove({}, location);
  }
}

TEST_F(S3ServiceTest, SaysWhichKeyIsWrong) {
  const auto message = [&] {
    stores::S3Driver driver(settings_);
    try {
      driver.create({}, {"blob"}, 7);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::storage_denied);
      return std::string(error.what());
    }
    return std::string("no error");
  };

  const std::string secret = settings_.keys.secret;
  settings_.keys.secret = "wrong-secret";
  EXPECT_THAT(message(), HasSubstr("s3_store_secret_key"));
  EXPECT_THAT(message(), Not(HasSubstr("wrong-secret")));
  settings_.keys = {"nobody", secret};
  EXPECT_THAT(message(), HasSubstr("s3_store_access_key"));
}

TEST_F(S3ServiceTest, DiscardsAnUploadThatACrashLeft) {
  ServiceSubject subject(settings_);
  stores::S3Client client(settings_);
  const S3Bucket bucket{settings_.bucket, settings_.keys};
  for (int i = 0; i < 2; ++i) {
    client.ask({}, bucket, {.method = fetch::Method::post, .key = "blob", .query = {{"uploads", ""}}});
  }
  EXPECT_THAT(subject.everything(), ::testing::SizeIs(2));

  subject.driver().discard({}, {"blob"});

  EXPECT_THAT(subject.everything(), IsEmpty());
}

}  // namespace
}  // namespace vitrine::tests
