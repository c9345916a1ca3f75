#include "keystone/session.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <thread>

#include "keystone/service_catalog.h"
#include "tests/support/fake_keystone.h"

namespace vitrine::keystone {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using tests::FakeKeystone;
using tests::Page;

class SessionTest : public ::testing::Test {
 protected:
  SessionSettings settings() const {
    return {.login = {identity_uri(keystone_.url()), R"({"auth":"secret"})"}, .retries = 1};
  }
  void use(std::string interface, std::string region) {
    SessionSettings settings = this->settings();
    settings.interface = std::move(interface);
    settings.region = std::move(region);
    session_.emplace(std::move(settings), clock_);
  }
  ErrorCode failure() {
    try {
      session_->get("/users");
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("127.0.0.1"))) << "clients see this";
      return error.code();
    }
    return ErrorCode::internal;
  }

  FakeClock clock_{Timestamp(std::chrono::hours(500'000))};
  FakeKeystone keystone_{clock_};
  std::optional<Session> session_{std::in_place, settings(), clock_};
};

TEST_F(SessionTest, LogsInOnceForManyQuestions) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(session_->get("/users").status, 404u);

  EXPECT_EQ(keystone_.logins(), 1u);
  EXPECT_EQ(keystone_.server().connections(), 1u);
  const auto requests = keystone_.server().requests();
  EXPECT_EQ(requests.at(0).body, R"({"auth":"secret"})");
  EXPECT_EQ(requests.at(0).header("Content-Type"), "application/json");
  EXPECT_EQ(requests.at(1).target, "/v3/users");
  EXPECT_EQ(requests.at(1).header("X-Auth-Token"), "own-1");
}

TEST_F(SessionTest, HasPassesForOtherServices) {
  keystone_.set_catalog(
      {{{"type", "volumev3"},
        {"name", "cinder"},
        {"endpoints", {{{"interface", "public"}, {"region", "one"}, {"url", "http://v"}}}}}});
  const EndpointChoice volumes{.type = "volumev3", .interface = "public", .region = ""};

  const Pass first = session_->pass(volumes);
  EXPECT_EQ(first.endpoint, "http://v");
  EXPECT_EQ(session_->pass(volumes).token, first.token);
  session_->give_up("another's");
  EXPECT_EQ(session_->pass(volumes).token, first.token);
  session_->give_up(first.token);
  EXPECT_NE(session_->pass(volumes).token, first.token);
  EXPECT_EQ(session_->pass({.type = "volumev3", .interface = "admin", .region = ""}).endpoint, "");
  EXPECT_EQ(session_->pass({.type = "volumev3", .interface = "public", .region = "", .name = "x"}).endpoint,
            "");
}

TEST_F(SessionTest, MayTellThoseItIsUsedByThatItIsNotLetIn) {
  SessionSettings settings = this->settings();
  settings.refusal = Error(ErrorCode::storage_denied, "Check the store's user.");
  session_.emplace(std::move(settings), clock_);
  keystone_.answer_logins(Page{.status = 401, .content = "{}"});

  EXPECT_EQ(failure(), ErrorCode::storage_denied);
}

TEST_F(SessionTest, LogsInOnceForManyThreads) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) threads.emplace_back([&] { session_->get("/users"); });
  }

  EXPECT_EQ(keystone_.logins(), 1u);
}

TEST_F(SessionTest, LogsInAgainShortlyBeforeTheTokenExpires) {
  session_->get("/users");
  clock_.advance(minutes(60) - seconds(31));
  session_->get("/users");
  EXPECT_EQ(keystone_.logins(), 1u);

  clock_.advance(seconds(1));
  session_->get("/users");

  EXPECT_EQ(keystone_.logins(), 2u);
}

TEST_F(SessionTest, LogsInAgainWhenKeystoneDoesNotKnowItsTokenAnyMore) {
  session_->get("/users");
  keystone_.forget_logins();

  EXPECT_EQ(session_->get("/users").status, 404u);
  EXPECT_EQ(keystone_.logins(), 2u);
}

TEST_F(SessionTest, GivesUpWhenKeystoneNeverAcceptsItsToken) {
  keystone_.answer_only(Page{.status = 401});
  EXPECT_EQ(failure(), ErrorCode::unavailable) << "at the login";

  keystone_.answer_only({});
  session_->get("/users");
  keystone_.answer_validations(Page{.status = 401});
  EXPECT_EQ(failure(), ErrorCode::unavailable) << "at the question";
  EXPECT_EQ(keystone_.logins(), 3u);
}

TEST_F(SessionTest, TriesAgainWhenKeystoneFails) {
  session_->get("/users");
  const unsigned before = keystone_.validations();
  keystone_.answer_only(Page{.status = 503});

  EXPECT_EQ(failure(), ErrorCode::unavailable);
  EXPECT_EQ(keystone_.validations() - before, 2u);

  keystone_.answer_only({});
  EXPECT_EQ(session_->get("/users").status, 404u);
}

TEST_F(SessionTest, IsUnavailableWhenNobodyListens) {
  SessionSettings settings = this->settings();
  settings.login.identity = identity_uri(std::make_unique<tests::OriginServer>()->url(""));
  session_.emplace(std::move(settings), clock_);

  EXPECT_EQ(failure(), ErrorCode::unavailable);
}

TEST_F(SessionTest, DoesNotWaitTwiceForAMuteKeystone) {
  SessionSettings settings = this->settings();
  settings.client.read_timeout = std::chrono::milliseconds(50);
  session_.emplace(std::move(settings), clock_);
  keystone_.answer_only(Page{.fault = Page::Fault::mute});

  EXPECT_EQ(failure(), ErrorCode::unavailable);
  EXPECT_EQ(keystone_.logins(), 1u);
}

TEST_F(SessionTest, IsUnavailableWhenALoginIsNotUnderstood) {
  const std::string body = boost::json::serialize(boost::json::object{{"token", keystone_.token_for("s")}});
  for (const Page& page : {Page{.status = 201, .content = body}, Page{.status = 200, .content = body},
                           Page{.status = 201, .content = "{}", .headers = "X-Subject-Token: t\r\n"},
                           Page{.status = 300, .headers = "Location: http://elsewhere/\r\n"}}) {
    keystone_.answer_logins(page);
    EXPECT_EQ(failure(), ErrorCode::unavailable) << page.status << page.content;
  }
  EXPECT_EQ(keystone_.validations(), 0u);
}

TEST_F(SessionTest, ReadsNoAnswerWithoutEnd) {
  session_->get("/users");
  keystone_.answer_validations(Page{.content = std::string(5'000'000, ' ')});

  EXPECT_EQ(failure(), ErrorCode::unavailable);
}

TEST_F(SessionTest, AsksWhereTheCatalogSaysThatKeystoneIs) {
  const auto endpoint = [&](const char* interface, const char* region, const char* path) {
    return boost::json::object{
        {"interface", interface}, {"region_id", region}, {"region", region}, {"url", keystone_.url() + path}};
  };
  keystone_.set_catalog({{{"type", "image"}, {"endpoints", {endpoint("internal", "One", "/image")}}},
                         {{"type", "identity"},
                          {"endpoints",
                           {endpoint("public", "One", "/public"), endpoint("internal", "One", "/one/v3/"),
                            endpoint("internal", "Two", "/two")}}}});
  const auto asked = [&] {
    session_->get("/users");
    return keystone_.server().requests().back().target;
  };

  EXPECT_EQ(asked(), "/one/v3/users");
  use("public", "");
  EXPECT_EQ(asked(), "/public/v3/users");
  use("internal", "Two");
  EXPECT_EQ(asked(), "/two/v3/users");
  use("admin", "");
  EXPECT_EQ(asked(), "/v3/users") << "not in the catalog";
}

}  // namespace
}  // namespace vitrine::keystone
