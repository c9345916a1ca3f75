#include "api/origin.h"

#include <gtest/gtest.h>

namespace vitrine::api {
namespace {

http::Request request(http::Headers headers) {
  http::Request made;
  made.client = "10.0.0.1";
  made.headers = std::move(headers);
  made.headers.add("Host", "inner:9292");
  return made;
}

Origin believed(http::Headers headers) {
  return origin_of(request(std::move(headers)), ProxyHeaders::believed);
}

TEST(Origin, IsWhatTheConnectionSays) {
  http::Request plain = request({});
  EXPECT_EQ(origin_of(plain, ProxyHeaders::ignored).base_url(), "http://inner:9292");

  plain.is_tls = true;
  EXPECT_EQ(origin_of(plain, ProxyHeaders::ignored).base_url(), "https://inner:9292");
  EXPECT_EQ(origin_of(plain, ProxyHeaders::ignored).client, "10.0.0.1");
}

TEST(Origin, IgnoresAProxysHeadersUnlessTheyAreBelieved) {
  const Origin origin = origin_of(request({{"Forwarded", "for=1.2.3.4;proto=https;host=outer"},
                                           {"X-Forwarded-Host", "outer"},
                                           {"X-Forwarded-Prefix", "/glance"}}),
                                  ProxyHeaders::ignored);

  EXPECT_EQ(origin.base_url(), "http://inner:9292");
  EXPECT_EQ(origin.client, "10.0.0.1");
}

TEST(Origin, TakesTheFirstProxyOfForwarded) {
  const Origin origin =
      believed({{"Forwarded", "For=\"[2001:db8::1]:4711\"; Proto=https ;host=outer, for=9.9.9.9"},
                {"X-Forwarded-Host", "ignored"}});

  EXPECT_EQ(origin.base_url(), "https://outer");
  EXPECT_EQ(origin.client, "[2001:db8::1]:4711");
}

TEST(Origin, TakesTheOlderHeadersWithoutIt) {
  const Origin origin = believed({{"X-Forwarded-Proto", "https, http"},
                                  {"X-Forwarded-Host", "outer:8443, middle"},
                                  {"X-Forwarded-For", "1.2.3.4, 10.0.0.9"}});

  EXPECT_EQ(origin.base_url(), "https://outer:8443");
  EXPECT_EQ(origin.client, "1.2.3.4");
}

TEST(Origin, PutsThePrefixBehindTheHost) {
  EXPECT_EQ(believed({{"X-Forwarded-Prefix", "/glance/"}}).base_url(), "http://inner:9292/glance");
  EXPECT_EQ(believed({{"Forwarded", "host=outer"}, {"X-Forwarded-Prefix", "/a/b"}}).base_url(),
            "http://outer/a/b");
  EXPECT_EQ(believed({{"X-Forwarded-Prefix", "glance"}}).base_url(), "http://inner:9292");
}

TEST(Origin, AnyHeaderOfAProxyTellsOfOne) {
  EXPECT_FALSE(is_proxied(request({})));
  for (const char* name :
       {"Forwarded", "X-Forwarded-Proto", "x-forwarded-host", "X-Forwarded-For", "X-Forwarded-Prefix"}) {
    EXPECT_TRUE(is_proxied(request({{name, "x"}}))) << name;
  }
}

TEST(Origin, TakesNothingThatCouldNotStandInAHeader) {
  const Origin origin = believed({{"X-Forwarded-Host", "a b"}, {"X-Forwarded-Proto", "<script>"}});

  EXPECT_EQ(origin.base_url(), "http://inner:9292");
}

}  // namespace
}  // namespace vitrine::api
