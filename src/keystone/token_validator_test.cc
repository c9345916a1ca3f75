#include "keystone/token_validator.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <thread>

#include "tests/support/fake_keystone.h"

namespace vitrine::keystone {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::FakeKeystone;
using tests::Page;

class TokenValidatorTest : public ::testing::Test {
 protected:
  TokenValidatorTest() { keystone_.put("good", keystone_.token_for("ann")); }

  SessionSettings session_settings() const {
    return {.login = {identity_uri(keystone_.url()), "{}"}, .retries = 0};
  }
  void use(ValidatorSettings settings) { validator_.emplace(session_, settings, clock_, metrics_); }
  ErrorCode failure(std::string_view token) {
    try {
      validator_->validate(token);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  FakeClock clock_{Timestamp(std::chrono::hours(500'000))};
  FakeKeystone keystone_{clock_};
  Session session_{session_settings(), clock_};
  Metrics metrics_;
  std::optional<TokenValidator> validator_{std::in_place, session_, ValidatorSettings{}, clock_, metrics_};
};

TEST_F(TokenValidatorTest, KnowsWhoseTokenItIs) {
  const Verdict verdict = validator_->validate("good");

  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->user.id, "ann-user");
  EXPECT_EQ(verdict->project->id, "ann-project");
  const tests::SeenRequest request = keystone_.server().requests().back();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/v3/auth/tokens?nocatalog");
  EXPECT_EQ(request.header("X-Subject-Token"), "good");
  EXPECT_EQ(request.header("OpenStack-Identity-Access-Rules"), "1.0");
}

TEST_F(TokenValidatorTest, KnowsThatATokenIsNobodys) {
  EXPECT_FALSE(validator_->validate("bad"));
}

TEST_F(TokenValidatorTest, AsksAboutNothingThatIsNoToken) {
  for (const std::string& text :
       {std::string(), std::string("a b"), std::string("a\r\nb"), std::string("a\0b", 3),
        std::string("\xc3\xa4"), std::string(16'385, 'a')}) {
    EXPECT_FALSE(validator_->validate(text));
  }
  EXPECT_EQ(keystone_.validations(), 0u);
  EXPECT_FALSE(validator_->validate(std::string(16'384, 'a')));
  EXPECT_EQ(keystone_.validations(), 1u);
}

// Remembering

TEST_F(TokenValidatorTest, AsksOnceForEachToken) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(validator_->validate("good"));
    EXPECT_FALSE(validator_->validate("bad"));
  }

  EXPECT_EQ(keystone_.validations(), 2u);
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_token_cache_hits_total 4"));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_keystone_validations_total{result=\"valid\"} 1"));
}

TEST_F(TokenValidatorTest, NoticesThatATokenWasRevokedWhenItsTimeIsOver) {
  validator_->validate("good");
  keystone_.revoke("good");

  clock_.advance(seconds(299));
  EXPECT_TRUE(validator_->validate("good"));
  clock_.advance(seconds(1));
  EXPECT_FALSE(validator_->validate("good"));
}

TEST_F(TokenValidatorTest, RemembersThatATokenIsNobodysForAShortTimeOnly) {
  EXPECT_FALSE(validator_->validate("late"));
  keystone_.put("late", keystone_.token_for("bob"));
  clock_.advance(seconds(9));
  EXPECT_FALSE(validator_->validate("late"));

  clock_.advance(seconds(1));

  EXPECT_TRUE(validator_->validate("late"));
}

TEST_F(TokenValidatorTest, AsksForEachRequestIfItMayNotRemember) {
  use({.cache_time = seconds(0)});

  for (int i = 0; i < 3; ++i) EXPECT_TRUE(validator_->validate("good"));
  keystone_.revoke("good");

  EXPECT_FALSE(validator_->validate("good"));
  EXPECT_EQ(keystone_.validations(), 4u);
}

TEST_F(TokenValidatorTest, KeepsGoodTokensHoweverManyBadOnesCome) {
  use({.cache_size = 64});
  validator_->validate("good");

  for (int i = 0; i < 200; ++i) validator_->validate(fmt::format("bad-{}", i));
  const unsigned before = keystone_.validations();
  validator_->validate("good");

  EXPECT_EQ(keystone_.validations(), before);
}

// Expiry

TEST_F(TokenValidatorTest, LetsNobodyInWithATokenThatExpiredMeanwhile) {
  boost::json::object token = keystone_.token_for("ann");
  token["expires_at"] = to_iso8601(clock_.now() + seconds(20));
  keystone_.put("short", token);

  EXPECT_TRUE(validator_->validate("short"));
  clock_.advance(seconds(19));
  EXPECT_TRUE(validator_->validate("short"));
  clock_.advance(seconds(1));
  EXPECT_FALSE(validator_->validate("short"));
}

TEST_F(TokenValidatorTest, BelievesItsOwnClockWhereKeystonesIsSlow) {
  boost::json::object token = keystone_.token_for("ann");
  token["expires_at"] = to_iso8601(clock_.now());
  keystone_.answer_validations(
      Page{.content = boost::json::serialize(boost::json::object{{"token", token}})});

  EXPECT_FALSE(validator_->validate("expired"));
}

TEST_F(TokenValidatorTest, AllowsAnExpiredTokenToWhoMayHaveIt) {
  boost::json::object token = keystone_.token_for("ann");
  token["expires_at"] = to_iso8601(clock_.now() - seconds(20));
  keystone_.put("expired", token);

  EXPECT_FALSE(validator_->validate("expired"));
  EXPECT_TRUE(validator_->validate("expired", Expired::allowed));
  EXPECT_EQ(keystone_.server().requests().back().target, "/v3/auth/tokens?nocatalog&allow_expired=1");
  EXPECT_FALSE(validator_->validate("expired"));
}

// Restricted application credentials

TEST_F(TokenValidatorTest, AsksForTheCatalogOfARestrictedToken) {
  boost::json::object token = keystone_.token_for("ann");
  token["application_credential"] = {
      {"id", "c"}, {"access_rules", {{{"method", "GET"}, {"path", "/v2/images"}, {"service", "image"}}}}};
  keystone_.put("restricted", token);
  keystone_.set_catalog({{{"type", "image"}}});

  const Verdict verdict = validator_->validate("restricted");

  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->access_rules->size(), 1u);
  EXPECT_THAT(*verdict->service_types, ::testing::ElementsAre("image"));
  validator_->validate("restricted");
  EXPECT_EQ(keystone_.validations(), 2u);
}

TEST_F(TokenValidatorTest, LetsNobodyInWithATokenThatIsBoundToAClient) {
  boost::json::object token = keystone_.token_for("ann");
  token["bind"] = {{"kerberos", "ann"}};
  keystone_.put("bound", token);

  EXPECT_FALSE(validator_->validate("bound"));
}

// Keystone's troubles

TEST_F(TokenValidatorTest, IsUnavailableWhileKeystoneIsDownAndForgetsThatAtOnce) {
  keystone_.answer_only(Page{.status = 503});
  EXPECT_EQ(failure("good"), ErrorCode::unavailable);

  keystone_.answer_only({});

  EXPECT_TRUE(validator_->validate("good"));
  EXPECT_THAT(metrics_.exposition(),
              HasSubstr("vitrine_keystone_validations_total{result=\"unavailable\"} 1"));
}

TEST_F(TokenValidatorTest, GoesOnWithWhatItKnowsWhileKeystoneIsDown) {
  validator_->validate("good");
  keystone_.answer_only(Page{.status = 503});

  EXPECT_TRUE(validator_->validate("good"));
}

TEST_F(TokenValidatorTest, LetsNobodyInOnAnAnswerItDoesNotUnderstand) {
  for (const Page& page :
       {Page{.content = "{}"}, Page{.content = ""}, Page{.content = "<html>proxy</html>"},
        Page{.content = R"({"token": {"user": {"id": "u"}}})"}, Page{.status = 204}, Page{.status = 203},
        Page{.status = 400}, Page{.status = 403}, Page{.status = 302, .headers = "Location: /v3\r\n"},
        Page{.content = R"({"token": {}})", .fault = Page::Fault::cut, .fault_after = 5}}) {
    keystone_.answer_validations(page);
    EXPECT_EQ(failure("good"), ErrorCode::unavailable) << page.status << page.content;
  }
}

TEST_F(TokenValidatorTest, RenewsItsOwnTokenAndAsksAgain) {
  validator_->validate("good");
  keystone_.forget_logins();
  keystone_.put("other", keystone_.token_for("bob"));

  EXPECT_TRUE(validator_->validate("other"));
  EXPECT_EQ(keystone_.logins(), 2u);
}

// Many at once

TEST_F(TokenValidatorTest, AsksOnceForAThousandRequestsWithOneNewToken) {
  constexpr int threads_count = 50;
  keystone_.pause();
  std::atomic<int> valid = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < threads_count; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) valid += validator_->validate("good") != nullptr;
      });
    }
    EXPECT_TRUE(keystone_.server().wait_for_requests(2));
    keystone_.resume();
  }

  EXPECT_EQ(valid, 1000);
  EXPECT_EQ(keystone_.validations(), 1u);
  EXPECT_EQ(keystone_.logins(), 1u);
}

TEST_F(TokenValidatorTest, TellsAllWhoWaitThatKeystoneIsDown) {
  keystone_.answer_validations(Page{.status = 500});
  std::atomic<int> unavailable = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] { unavailable += failure("good") == ErrorCode::unavailable; });
    }
  }

  EXPECT_EQ(unavailable, 16);
  keystone_.answer_validations({});
  EXPECT_TRUE(validator_->validate("good"));
}

TEST_F(TokenValidatorTest, TellsApartTheTokensOfManyThreads) {
  for (int i = 0; i < 8; ++i)
    keystone_.put(fmt::format("t{}", i), keystone_.token_for(fmt::format("n{}", i)));
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < 50; ++round) {
          const int number = (i + round) % 8;
          const Verdict verdict = validator_->validate(fmt::format("t{}", number));
          right += verdict && verdict->user.name == fmt::format("n{}", number);
        }
      });
    }
  }

  EXPECT_EQ(right, 400);
}

}  // namespace
}  // namespace vitrine::keystone
