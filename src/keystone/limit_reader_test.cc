#include "keystone/limit_reader.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/support/fake_keystone.h"

namespace vitrine::keystone {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Pair;
using tests::FakeKeystone;
using tests::Page;

class LimitReaderTest : public ::testing::Test {
 protected:
  LimitReaderTest() {
    keystone_.put_page("/v3/limits/model", R"({"model": {"name": "flat"}})");
    keystone_.put_page("/v3/endpoints/e1", R"({"endpoint": {"service_id": "s1", "region_id": "R"}})");
    keystone_.put_page("/v3/registered_limits?service_id=s1&region_id=R",
                       R"({"registered_limits": [{"resource_name": "image_count_total", "default_limit": 100},
                          {"resource_name": "image_size_total", "default_limit": 1000}]})");
    put_own(R"([{"resource_name": "image_count_total", "resource_limit": 5}])");
  }

  void put_own(const std::string& limits) {
    keystone_.put_page("/v3/limits?service_id=s1&region_id=R&project_id=p1", R"({"limits": )" + limits + "}");
  }
  void use(LimitedEndpoint endpoint) { reader_.emplace(session_, std::move(endpoint), clock_); }
  ErrorCode failure() {
    try {
      reader_->limits("p1");
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  FakeClock clock_{Timestamp(std::chrono::hours(500'000))};
  FakeKeystone keystone_{clock_};
  Session session_{{.login = {identity_uri(keystone_.url()), "{}"}, .retries = 0}, clock_};
  std::optional<LimitReader> reader_{std::in_place, session_, LimitedEndpoint{.id = "e1"}, clock_};
};

TEST_F(LimitReaderTest, TakesAProjectsOwnLimitBeforeTheRegisteredOne) {
  EXPECT_THAT(*reader_->limits("p1"),
              ElementsAre(Pair("image_count_total", 5), Pair("image_size_total", 1000)));
}

TEST_F(LimitReaderTest, TakesTheRegisteredLimitsForNoProject) {
  EXPECT_THAT(*reader_->limits({}),
              ElementsAre(Pair("image_count_total", 100), Pair("image_size_total", 1000)));
}

TEST_F(LimitReaderTest, RemembersLimitsForAShortTime) {
  reader_->limits("p1");
  put_own("[]");
  const unsigned before = keystone_.validations();

  clock_.advance(seconds(9));
  EXPECT_EQ(reader_->limits("p1")->at("image_count_total"), 5);
  EXPECT_EQ(keystone_.validations(), before);
  clock_.advance(seconds(1));
  EXPECT_EQ(reader_->limits("p1")->at("image_count_total"), 100);
  EXPECT_EQ(keystone_.validations(), before + 2) << "the endpoint is known";
}

TEST_F(LimitReaderTest, AsksOnceForManyThreads) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] { EXPECT_EQ(reader_->limits("p1")->size(), 2u); });
    }
  }

  EXPECT_EQ(keystone_.validations(), 4u) << "model, endpoint, own limits, registered limits";
}

TEST_F(LimitReaderTest, FindsTheEndpointByWhatIsSaidOfIt) {
  use({.service_type = "image", .region = "R", .interface = "internal"});
  keystone_.put_page("/v3/services?type=image", R"({"services": [{"id": "s1"}]})");
  keystone_.put_page("/v3/endpoints?service_id=s1&interface=internal&region_id=R",
                     R"({"endpoints": [{"service_id": "s1", "region_id": "R"}]})");

  EXPECT_EQ(reader_->limits("p1")->at("image_count_total"), 5);
}

TEST_F(LimitReaderTest, GuessesNoEndpoint) {
  use({.service_type = "image"});
  for (const char* services : {"[]", R"([{"id": "s1"}, {"id": "s2"}])"}) {
    keystone_.put_page("/v3/services?type=image", std::string(R"({"services": )") + services + "}");
    EXPECT_EQ(failure(), ErrorCode::unavailable) << services;
  }
}

TEST_F(LimitReaderTest, KnowsOneModelOnly) {
  keystone_.put_page("/v3/limits/model", R"({"model": {"name": "strict-two-level"}})");

  EXPECT_EQ(failure(), ErrorCode::unavailable);
}

TEST_F(LimitReaderTest, TakesNothingForALimitThatIsNotUnderstood) {
  for (const char* limits : {"{}", "null", "[1]", R"([{"resource_name": "image_count_total"}])",
                             R"([{"resource_name": "image_count_total", "resource_limit": "5"}])"}) {
    put_own(limits);
    EXPECT_EQ(failure(), ErrorCode::unavailable) << limits;
  }
  keystone_.answer_validations(Page{.status = 403});
  EXPECT_EQ(failure(), ErrorCode::unavailable);
}

TEST_F(LimitReaderTest, ForgetsAtOnceThatKeystoneWasDown) {
  keystone_.answer_only(Page{.status = 503});
  EXPECT_EQ(failure(), ErrorCode::unavailable);

  keystone_.answer_only({});

  EXPECT_EQ(reader_->limits("p1")->size(), 2u);
}

}  // namespace
}  // namespace vitrine::keystone
