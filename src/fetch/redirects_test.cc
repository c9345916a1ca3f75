#include "fetch/redirects.h"

#include <gmock/gmock.h>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

namespace vitrine::fetch {
namespace {

using ::testing::HasSubstr;
using tests::OriginServer;
using tests::Page;
using tests::ServerIdentity;

constexpr unsigned followed[] = {301, 302};

Page redirect_to(const std::string& location, unsigned status = 302) {
  return {.status = status, .headers = "Location: " + location + "\r\n"};
}

class RedirectsTest : public ::testing::Test {
 protected:
  RedirectsTest() { origin_.put("/page", {.content = "content"}); }

  std::unique_ptr<Response> send(std::string_view path) {
    return send_following(client_, {.uri = parse_uri(origin_.url(path))},
                          {.statuses = followed, .limit = 3, .rule = outward(filter_)});
  }
  Failure refusal(std::string_view path) {
    const Failure failure = failure_of([&] { send(path); });
    EXPECT_EQ(failure.code, ErrorCode::invalid) << failure.message;
    return failure;
  }

  OriginServer origin_;
  ClientSettings settings_;
  Client client_{settings_};
  UriFilter filter_{{}};
};

TEST_F(RedirectsTest, AreFollowed) {
  OriginServer other;
  other.put("/elsewhere", {.content = "other content"});
  origin_.put("/there", redirect_to("/page", 301));
  origin_.put("/beyond", redirect_to(other.url("/elsewhere")));

  EXPECT_EQ(read_all(*send("/there")), "content");
  EXPECT_EQ(read_all(*send("/beyond")), "other content");
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(RedirectsTest, TakeHeadersAlongToTheSameServerOnly) {
  OriginServer other;
  other.put("/back", redirect_to(origin_.url("/page")));
  origin_.put("/there", redirect_to("/beyond"));
  origin_.put("/beyond", redirect_to(other.url("/back")));
  Request request{.uri = parse_uri(origin_.url("/there"))};
  request.headers = {{"X-Auth-Token", "secret"}};

  send_following(client_, request, {.statuses = followed, .rule = outward(filter_)});

  EXPECT_EQ(origin_.requests().at(0).header("X-Auth-Token"), "secret");
  EXPECT_EQ(origin_.requests().at(1).header("X-Auth-Token"), "secret");
  EXPECT_EQ(other.requests().at(0).header("X-Auth-Token"), "");
  EXPECT_EQ(origin_.requests().at(2).header("X-Auth-Token"), "")
      << "one who led us back may have led us astray";
}

TEST_F(RedirectsTest, AreTheCallersBusinessWhenSomethingIsPosted) {
  origin_.put("/there", redirect_to("/page"));
  Request request{.method = Method::post, .uri = parse_uri(origin_.url("/there"))};

  EXPECT_EQ(send_following(client_, request, {.statuses = followed, .rule = outward(filter_)})->status(),
            302u);
  EXPECT_EQ(origin_.requests().size(), 1u);
}

TEST_F(RedirectsTest, KeepMethodAndRange) {
  origin_.put("/there", redirect_to("/page"));
  Request request{.method = Method::head, .uri = parse_uri(origin_.url("/there")), .range = ByteRange{1, 2}};

  send_following(client_, request, {.statuses = followed, .rule = outward(filter_)});

  EXPECT_EQ(origin_.requests().at(1).method, "HEAD");
  EXPECT_EQ(origin_.requests().at(1).header("Range"), "bytes=1-2");
}

TEST_F(RedirectsTest, AreTheCallersIfTheirStatusIsNotFollowed) {
  origin_.put("/there", redirect_to("/page", 307));

  EXPECT_EQ(send("/there")->status(), 307u);
}

TEST_F(RedirectsTest, AreLimited) {
  for (int i = 0; i < 4; ++i) {
    origin_.put("/" + std::to_string(i), redirect_to(i == 0 ? "/page" : "/" + std::to_string(i - 1)));
  }

  EXPECT_EQ(read_all(*send("/2")), "content");
  EXPECT_THAT(refusal("/3").message, HasSubstr("after 3 redirects"));
}

TEST_F(RedirectsTest, NeedALocationThatIsOne) {
  origin_.put("/none", {.status = 301});
  origin_.put("/malformed", redirect_to("http://"));
  origin_.put("/file", redirect_to("file://localhost/etc/passwd"));

  EXPECT_THAT(refusal("/none").message, HasSubstr("without saying where to"));
  refusal("/malformed");
  EXPECT_THAT(refusal("/file").message, HasSubstr("other than http"));
}

TEST_F(RedirectsTest, HaveToPassTheFilter) {
  origin_.put("/there", redirect_to("http://internal.example/page"));
  filter_ = UriFilter({.hosts = {.allowed = {}, .disallowed = {"internal.example"}}});

  EXPECT_THAT(refusal("/there").message, HasSubstr("disallowed_hosts"));
}

TEST_F(RedirectsTest, HaveToPassTheFilterEachOfThem) {
  OriginServer other;
  other.put("/onwards", redirect_to(origin_.url("/page")));
  origin_.put("/there", redirect_to(other.url("/onwards")));
  filter_ = UriFilter({.ports = {.allowed = {}, .disallowed = {std::to_string(origin_.port())}}});

  refusal("/there");  // the first URI itself is not filtered

  EXPECT_EQ(other.requests().size(), 1u);
  EXPECT_EQ(origin_.requests().size(), 1u);
}

TEST_F(RedirectsTest, TakeCredentialsToTheSameServerAlone) {
  OriginServer other;
  other.put("/page", {.content = "other content"});
  origin_.put("/there", redirect_to("/onwards"));
  origin_.put("/onwards", redirect_to(other.url("/page")));
  Uri uri = parse_uri(origin_.url("/there"));
  uri.credentials = {"user", "pass"};

  send_following(client_, {.uri = uri}, {.statuses = followed, .rule = outward(filter_)});

  EXPECT_NE(origin_.requests().at(1).header("Authorization"), "");
  EXPECT_EQ(other.requests().at(0).header("Authorization"), "");
}

TEST_F(RedirectsTest, NeverLeadFromHttpsToHttp) {
  const ServerIdentity identity;
  OriginServer safe(identity);
  safe.put("/there", redirect_to(origin_.url("/page")));
  Client client({.ca_file = identity.certificate_file()});

  const Failure failure = failure_of([&] {
    send_following(client, {.uri = parse_uri(safe.url("/there"))},
                   {.statuses = followed, .rule = outward(filter_)});
  });

  EXPECT_EQ(failure.code, ErrorCode::invalid);
  EXPECT_TRUE(origin_.requests().empty());
}

TEST_F(RedirectsTest, DoNotLeadToAddressesThatTheRequestMayNotReach) {
  const UriFilter filter({});
  const RedirectRule rule = outward(filter, {.refused = {"10.0.0.1"}});

  const Reach reach = rule(parse_uri("http://mirror.example/"), AddressClass::site);

  EXPECT_TRUE(reach.objection("10.0.0.1"));
  EXPECT_FALSE(reach.objection("10.0.0.2"));
}

TEST_F(RedirectsTest, DoNotLeadNearerThanTheRequestMayGo) {
  OriginServer proxy;  // where its answers come from is not known, so they may lead to global addresses only
  proxy.put("/there", redirect_to("https://127.0.0.1:1/"));
  Client client({.proxies = {{"http", parse_uri(proxy.url("/"))}}});

  const Failure failure = failure_of([&] {
    send_following(client, {.uri = parse_uri("http://origin.invalid/there")},
                   {.statuses = followed, .rule = outward(filter_)});
  });

  EXPECT_EQ(failure.code, ErrorCode::invalid);
  EXPECT_THAT(failure.message, HasSubstr("has a local address"));
}

}  // namespace
}  // namespace vitrine::fetch
