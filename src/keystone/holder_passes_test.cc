#include "keystone/holder_passes.h"

#include <gmock/gmock.h>

#include <boost/json/array.hpp>

#include "tests/support/fake_keystone.h"

namespace vitrine::keystone {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::FakeKeystone;
using tests::Page;

class HolderPassesTest : public ::testing::Test {
 protected:
  HolderPassesTest() {
    keystone_.set_catalog(
        {{{"type", "volumev3"}, {"endpoints", {{{"interface", "public"}, {"url", "http://volumes/v3"}}}}}});
    keystone_.put("first", keystone_.token_for("demo"));
    keystone_.put("second", keystone_.token_for("alt"));
  }

  Pass pass(const std::string& token) { return passes_.pass(token, Deadline::max(), {}); }
  std::optional<Error> error(const std::string& token) {
    try {
      pass(token);
    } catch (const Error& error) {
      return error;
    }
    return {};
  }

  FakeClock clock_{Timestamp(std::chrono::hours(500'000))};
  FakeKeystone keystone_{clock_};
  HolderPasses passes_{{.identity = identity_uri(keystone_.url()),
                        .endpoint = {.type = "volumev3", .interface = "public", .region = ""},
                        .client = {},
                        .patience = {.attempts = 2,
                                     .first_pause = std::chrono::milliseconds(1),
                                     .longest_pause = std::chrono::milliseconds(1)}},
                       clock_};
};

TEST_F(HolderPassesTest, AreWithTheHoldersOwnTokenAndProject) {
  for (const std::string name : {"demo", "alt"}) {
    const Pass found = pass(name == "demo" ? "first" : "second");

    EXPECT_EQ(found.token, name == "demo" ? "first" : "second");
    EXPECT_EQ(found.project_id, name + "-project");
    EXPECT_EQ(found.endpoint, "http://volumes/v3");
  }
  EXPECT_EQ(keystone_.logins(), 0u);
}

TEST_F(HolderPassesTest, AreRememberedForSomeMinutes) {
  pass("first");
  pass("first");
  EXPECT_EQ(keystone_.validations(), 1u);

  clock_.advance(minutes(6));
  pass("first");
  EXPECT_EQ(keystone_.validations(), 2u);
}

TEST_F(HolderPassesTest, EndWithTheToken) {
  boost::json::object body = keystone_.token_for("demo");
  body["expires_at"] = to_iso8601(clock_.now() + minutes(1));
  keystone_.put("short", body);
  pass("short");

  clock_.advance(minutes(2));

  EXPECT_EQ(error("short").value().code(), ErrorCode::forbidden);
  EXPECT_THAT(error("short").value().what(), Not(HasSubstr("short")));
}

TEST_F(HolderPassesTest, HaveNoEndpointOfAServiceThatIsNotThere) {
  keystone_.set_catalog({});

  EXPECT_EQ(pass("first").endpoint, "");
}

TEST_F(HolderPassesTest, AreNotGivenWhileKeystoneIsDown) {
  keystone_.answer_only(Page{.status = 503});

  EXPECT_EQ(error("first").value().code(), ErrorCode::unavailable);
  EXPECT_EQ(keystone_.validations(), 2u) << "it is asked again";

  keystone_.answer_only({});
  EXPECT_EQ(pass("first").token, "first");
}

}  // namespace
}  // namespace vitrine::keystone
