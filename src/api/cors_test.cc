#include "api/cors.h"

#include <gmock/gmock.h>

#include <optional>

namespace vitrine::api {
namespace {

constexpr auto page = "https://dashboard.example";

CorsRule rule() {
  return {.allows_credentials = true,
          .exposed_headers = {"X-Auth-Token", "X-OpenStack-Request-ID"},
          .max_age = 60,
          .methods = {"GET", "PUT"},
          .headers = {"X-Auth-Token"}};
}

http::Request request(const std::string& method, http::Headers headers) {
  http::Request made;
  made.method = method;
  made.headers = std::move(headers);
  return made;
}

class CorsTest : public ::testing::Test {
 protected:
  /// A header of the answer to the request.
  std::optional<std::string> header(const http::Request& request, const std::string& name) {
    http::Reply reply;
    cors_.decorate(request, reply);
    const std::string* value = reply.headers.find(name);
    return value ? std::optional(*value) : std::nullopt;
  }

  Cors cors_{{{page, rule()}}};
};

TEST_F(CorsTest, LetsAnAllowedPageReadTheAnswer) {
  const auto asked = request("GET", {{"Origin", page}});

  EXPECT_EQ(header(asked, "Access-Control-Allow-Origin"), page);
  EXPECT_EQ(header(asked, "Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(header(asked, "Access-Control-Expose-Headers"), "X-Auth-Token,X-OpenStack-Request-ID");
  EXPECT_EQ(header(asked, "Vary"), "Origin");
}

TEST_F(CorsTest, SaysNothingToOthers) {
  for (const auto& asked : {request("GET", {}), request("GET", {{"Origin", "https://evil.example"}}),
                            request("GET", {{"Origin", "https://Dashboard.example"}})}) {
    EXPECT_EQ(header(asked, "Access-Control-Allow-Origin"), std::nullopt);
    EXPECT_EQ(header(asked, "Vary"), std::nullopt);
  }
}

TEST_F(CorsTest, AddsToTheAnswersOwnVary) {
  http::Reply reply;
  reply.headers.add("Vary", "Accept-Encoding");

  cors_.decorate(request("GET", {{"Origin", page}}), reply);

  EXPECT_EQ(*reply.headers.find("Vary"), "Accept-Encoding,Origin");
}

TEST_F(CorsTest, AnswersTheQuestionInAdvance) {
  const auto asked = request("OPTIONS", {{"Origin", page},
                                         {"Access-Control-Request-Method", "PUT"},
                                         {"Access-Control-Request-Headers", "x-auth-token, content-type"}});

  EXPECT_EQ(header(asked, "Access-Control-Allow-Origin"), page);
  EXPECT_EQ(header(asked, "Access-Control-Allow-Methods"), "PUT");
  EXPECT_EQ(header(asked, "Access-Control-Allow-Headers"), "x-auth-token,content-type");
  EXPECT_EQ(header(asked, "Access-Control-Max-Age"), "60");
  EXPECT_EQ(header(asked, "Access-Control-Expose-Headers"), std::nullopt);
}

TEST_F(CorsTest, PromisesNothingThatIsNotAllowed) {
  for (const auto& asked :
       {request("OPTIONS", {{"Origin", page}}),
        request("OPTIONS", {{"Origin", page}, {"Access-Control-Request-Method", "DELETE"}}),
        request("OPTIONS", {{"Origin", page},
                            {"Access-Control-Request-Method", "PUT"},
                            {"Access-Control-Request-Headers", "X-Secret"}})}) {
    EXPECT_EQ(header(asked, "Access-Control-Allow-Origin"), std::nullopt);
  }
}

TEST(Cors, TakesAnyOriginForAStar) {
  const Cors cors({{"*", rule()}});
  http::Reply reply;

  cors.decorate(request("GET", {{"Origin", page}}), reply);

  EXPECT_EQ(*reply.headers.find("Access-Control-Allow-Origin"), "*");
}

}  // namespace
}  // namespace vitrine::api
