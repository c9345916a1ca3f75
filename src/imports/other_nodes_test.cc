#include "imports/other_nodes.h"

#include <gmock/gmock.h>

#include <future>

#include "base/error.h"
#include "imports/bookkeeping.h"
#include "tests/support/origin_server.h"

namespace vitrine::imports {
namespace {

using testing::HasSubstr;
using tests::OriginServer;
using tests::Page;
using tests::SeenRequest;

constexpr std::chrono::milliseconds short_time{100};
constexpr std::string_view path = "/v2/images/i/import";

model::Image image_with(std::string_view property, std::string value) {
  model::Image image;
  image.set_property(property, std::move(value));
  return image;
}

class OtherNodesTest : public testing::Test {
 protected:
  OtherNodesTest() { node_.put(std::string(path), {.status = 202, .content = ""}); }

  ForwardedRequest request() const {
    return {.method = fetch::Method::post,
            .path = std::string(path),
            .headers = {{"X-Auth-Token", "secret"}},
            .body = "{}",
            .stop = {}};
  }

  OriginServer node_;
  OtherNodes nodes_{{}, "http://this:9292"};
};

TEST_F(OtherNodesTest, OnlyAnotherNodesUrlMakesThatNodeTheHolder) {
  EXPECT_EQ(nodes_.holder_of_data(image_with(stage_host, "http://that:9292")), "http://that:9292");
  EXPECT_EQ(nodes_.holder_of_data(image_with(stage_host, "http://this:9292")), std::nullopt);
  EXPECT_EQ(nodes_.holder_of_data(image_with(stage_host, "")), std::nullopt);
  EXPECT_EQ(nodes_.holder_of_data({}), std::nullopt);
}

TEST_F(OtherNodesTest, DeletionsConcernANodeThatHashesToo) {
  const model::Image image = image_with(hash_host, "http://that:9292");

  EXPECT_EQ(nodes_.to_delete_at(image), "http://that:9292");
  EXPECT_EQ(nodes_.holder_of_data(image), std::nullopt);
}

TEST_F(OtherNodesTest, TheRequestGoesToThePathBelowTheNodesUrl) {
  node_.put("/prefix" + std::string(path), {.status = 202, .content = ""});

  EXPECT_EQ(nodes_.forward(node_.url("/prefix/"), request()).status, 202u);

  const SeenRequest seen = node_.requests().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.header("X-Auth-Token"), "secret");
}

TEST_F(OtherNodesTest, WhatTheNodeAnswersIsGivenBack) {
  node_.put(std::string(path), {.status = 409,
                                .content = "no",
                                .headers = "Content-Type: text/plain\r\n"
                                           "X-OpenStack-Request-ID: req-7\r\n"});

  const NodeAnswer answer = nodes_.forward(node_.url(""), request());

  EXPECT_EQ(answer.status, 409u);
  EXPECT_EQ(answer.body, "no");
  EXPECT_EQ(answer.content_type, "text/plain");
  EXPECT_EQ(answer.request_id, "req-7");
}

TEST_F(OtherNodesTest, NoRedirectIsFollowedWithTheCallersToken) {
  OriginServer elsewhere;
  node_.put(std::string(path),
            {.status = 307, .content = "", .headers = "Location: " + elsewhere.url("/") + "\r\n"});

  EXPECT_EQ(nodes_.forward(node_.url(""), request()).status, 307u);

  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(OtherNodesTest, ANodeThatIsMuteOrGoneOrNoneIsAGatewayTimeout) {
  OtherNodes hasty({.read_timeout = short_time}, "");
  node_.put(std::string(path), {.fault = Page::Fault::mute});

  for (const std::string& url : {node_.url(""), std::string("http://127.0.0.1:1"), std::string("file:///etc"),
                                 std::string("nonsense")}) {
    const NodeAnswer answer = hasty.forward(url, request());
    EXPECT_EQ(answer.status, 504u) << url;
    EXPECT_THAT(answer.body, HasSubstr("does not answer"));
  }
}

TEST_F(OtherNodesTest, ARequestThatComesBackGoesNoFurther) {
  NodeAnswer inner;
  node_.answer_with([&](const SeenRequest&) {
    inner = nodes_.forward(node_.url(""), request());
    return Page{.status = inner.status, .content = ""};
  });

  EXPECT_EQ(nodes_.forward(node_.url(""), request()).status, 502u);
  EXPECT_THAT(inner.body, HasSubstr("do not find one another"));
  EXPECT_EQ(node_.requests().size(), 1u);
}

TEST_F(OtherNodesTest, ADeletionMayOvertakeAnImport) {
  unsigned status = 0;
  node_.put("/deletion", {.status = 204, .content = ""});
  node_.answer_with([&](const SeenRequest& seen) {
    ForwardedRequest deletion = request();
    deletion.method = fetch::Method::remove;
    if (seen.method == "POST") status = nodes_.forward(node_.url(""), deletion).status;
    return Page{.status = 204, .content = ""};
  });

  nodes_.forward(node_.url(""), request());

  EXPECT_EQ(status, 204u);
}

TEST_F(OtherNodesTest, AClientThatLeavesEndsTheWait) {
  OtherNodes patient({}, "");
  node_.put(std::string(path), {.fault = Page::Fault::mute});
  std::stop_source client;
  ForwardedRequest forwarded = request();
  forwarded.stop = client.get_token();

  auto waiting = std::async(std::launch::async, [&] { patient.forward(node_.url(""), forwarded); });
  EXPECT_TRUE(node_.wait_for_requests(1));
  client.request_stop();

  try {
    waiting.get();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace vitrine::imports
