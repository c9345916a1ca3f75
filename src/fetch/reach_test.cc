#include <gmock/gmock.h>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

/// Which addresses a request may reach, directly and through a proxy.
namespace vitrine::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using tests::OriginServer;

Request request_to(const std::string& url, AddressClass nearest = AddressClass::local) {
  return {.uri = parse_uri(url), .reach = {.nearest = nearest}};
}

Uri proxy_at(const OriginServer& server) {
  return parse_uri(server.url("/"));
}

TEST(Reach, EndsBeforeAConnectionToANearerAddress) {
  OriginServer origin;
  Client client({});

  for (const AddressClass nearest : {AddressClass::site, AddressClass::global}) {
    const Failure failure = failure_of([&] { client.send(request_to(origin.url("/page"), nearest)); });

    EXPECT_EQ(failure.code, ErrorCode::invalid);
    EXPECT_THAT(failure.message, HasSubstr("has a local address"));
  }
  EXPECT_EQ(origin.connections(), 0u);
}

TEST(Reach, IsOfTheAddressThatANameLeadsTo) {
  OriginServer origin;
  Client client({});
  Request request = request_to(origin.url("/page"), AddressClass::site);
  request.uri.host = "localhost";

  EXPECT_EQ(failure_of([&] { client.send(request); }).code, ErrorCode::invalid);
  EXPECT_EQ(origin.connections(), 0u);
}

TEST(Reach, EndsBeforeAConnectionThatAnotherRequestLeftOpen) {
  OriginServer origin;
  origin.put("/page", {.content = "content"});
  Client client({});
  read_all(*client.send(request_to(origin.url("/page"))));

  const Failure failure =
      failure_of([&] { client.send(request_to(origin.url("/page"), AddressClass::site)); });

  EXPECT_EQ(failure.code, ErrorCode::invalid);
  EXPECT_EQ(origin.requests().size(), 1u);
}

TEST(Proxy, IsAskedForTheWholeUriOfItsScheme) {
  OriginServer proxy;
  proxy.put("/page?x=1", {.content = "content"});
  Client client({.proxies = {{"http", proxy_at(proxy)}}});

  const auto response = client.send(request_to("http://origin.invalid:81/page?x=1"));

  EXPECT_EQ(read_all(*response), "content");
  EXPECT_EQ(proxy.requests().at(0).target, "http://origin.invalid:81/page?x=1");
  EXPECT_EQ(proxy.requests().at(0).header("Host"), "origin.invalid:81");
}

TEST(Proxy, IsAskedForATunnelToHttps) {
  OriginServer proxy;
  Client client({.proxies = {{"https", proxy_at(proxy)}}});

  const Failure failure = failure_of([&] { client.send(request_to("https://origin.invalid/page")); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_EQ(proxy.requests().at(0).method, "CONNECT");
  EXPECT_EQ(proxy.requests().at(0).target, "origin.invalid:443");
}

TEST(Proxy, IsNotAskedForOtherSchemes) {
  OriginServer proxy;
  OriginServer origin;
  Client client({.proxies = {{"https", proxy_at(proxy)}}});

  client.send(request_to(origin.url("/page")));

  EXPECT_EQ(proxy.connections(), 0u);
  EXPECT_EQ(origin.connections(), 1u);
}

TEST(Proxy, GetsItsCredentialsAndNotThoseOfTheOrigin) {
  OriginServer proxy;
  Uri with_credentials = proxy_at(proxy);
  with_credentials.credentials = {"user", "pass"};
  Client client({.proxies = {{"https", with_credentials}}});

  const Failure failure =
      failure_of([&] { client.send(request_to("https://other:secret@origin.invalid/page")); });

  EXPECT_EQ(proxy.requests().at(0).header("Proxy-Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(proxy.requests().at(0).header("Authorization"), "");
  EXPECT_THAT(failure.message, Not(HasSubstr("pass")));
}

TEST(Proxy, ConnectsWhereItWants) {
  OriginServer proxy;
  proxy.put("/page", {.content = "content"});
  Client client({.proxies = {{"http", proxy_at(proxy)}}});

  const auto response = client.send(request_to("http://origin.invalid/page", AddressClass::global));

  EXPECT_EQ(response->status(), 200u);
  EXPECT_EQ(response->peer_class(), std::nullopt);
}

TEST(Proxy, OfTheEnvironmentDoesNotCount) {
  OriginServer proxy;
  OriginServer origin;
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  ::setenv("all_proxy", proxy.url("").c_str(), 1);
  Client client({});

  client.send(request_to(origin.url("/page")));

  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_EQ(proxy.connections(), 0u);
}

TEST(Proxy, OfTheSettingsCountsWhateverTheEnvironmentExempts) {
  OriginServer proxy;
  ::setenv("no_proxy", "*", 1);
  Client client({.proxies = {{"http", proxy_at(proxy)}}});

  client.send(request_to("http://origin.invalid/page"));

  ::unsetenv("no_proxy");
  EXPECT_THAT(proxy.requests().at(0).target, StartsWith("http://origin.invalid/"));
}

}  // namespace
}  // namespace vitrine::fetch
