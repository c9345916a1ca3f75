#include "fetch/proxies.h"

#include <gmock/gmock.h>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

namespace vitrine::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::OriginServer;

using Variables = std::map<std::string, std::string>;

Proxies read(const Variables& variables) {
  return proxies_of([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return {};
    return found->second;
  });
}

bool exempts(const std::string& no_proxy, std::string_view uri) {
  return is_exempt(parse_uri(uri), read({{"no_proxy", no_proxy}}).exempt);
}

TEST(Proxies, AreReadFromTheEnvironmentInEitherCase) {
  const Proxies proxies =
      read({{"http_proxy", "proxy.example:3128"}, {"HTTPS_PROXY", "http://user:p%40ss@proxy.example/"}});

  EXPECT_EQ(proxies.by_scheme.at("http"), parse_uri("http://proxy.example:3128"));
  EXPECT_EQ(proxies.by_scheme.at("https"), parse_uri("http://user:p%40ss@proxy.example"));
}

TEST(Proxies, AreSwitchedOffByAnEmptyVariableInLowerCase) {
  EXPECT_TRUE(read({{"http_proxy", ""}, {"HTTP_PROXY", "proxy.example"}}).by_scheme.empty());
  EXPECT_TRUE(read({}).by_scheme.empty());
}

TEST(Proxies, ThatAreMalformedAreNamedAndNotRepeated) {
  for (const std::string value : {"ftp://u:secret@proxy", "http://proxy/secret", "secret:port"}) {
    const Failure failure = failure_of([&] { read({{"https_proxy", value}}); });

    EXPECT_EQ(failure.code, ErrorCode::configuration) << value;
    EXPECT_THAT(failure.message, HasSubstr("https_proxy"));
    EXPECT_THAT(failure.message, Not(HasSubstr("secret")));
  }
}

TEST(Proxies, AreNotAskedForExemptHostsAndWhatIsBelowThem) {
  for (const std::string list :
       {"mirror.example", ".mirror.example", "*.mirror.example", "a, MIRROR.example "}) {
    EXPECT_TRUE(exempts(list, "http://mirror.example/")) << list;
    EXPECT_TRUE(exempts(list, "http://sub.mirror.example:8080/")) << list;
    EXPECT_FALSE(exempts(list, "http://othermirror.example/")) << list;
    EXPECT_FALSE(exempts(list, "http://example/")) << list;
  }
}

TEST(Proxies, AreNotAskedForExemptPortsAndAddresses) {
  EXPECT_TRUE(exempts("mirror.example:8080", "http://mirror.example:8080/"));
  EXPECT_TRUE(exempts("mirror.example:443", "https://mirror.example/"));
  EXPECT_FALSE(exempts("mirror.example:8080", "http://mirror.example/"));
  EXPECT_TRUE(exempts("10.0.0.1", "http://10.0.0.1/"));
  EXPECT_TRUE(exempts("::1,[fd00::1]", "http://[fd00::1]/"));
  EXPECT_TRUE(exempts("::1", "http://[::1]/"));
}

TEST(Proxies, AreNotAskedAtAllIfEverythingIsExempt) {
  EXPECT_TRUE(exempts("*", "http://anything.example/"));
  EXPECT_FALSE(exempts("", "http://anything.example/"));
  EXPECT_FALSE(exempts(" , not a host,", "http://anything.example/"));
}

TEST(Proxies, AreLeftOutByARequestToAnExemptHost) {
  OriginServer proxy;
  OriginServer origin;
  origin.put("/page", {.content = "content"});
  Client client({.proxies = {{"http", parse_uri(proxy.url("/"))}}, .unproxied = {"127.0.0.1"}});

  const auto response = client.send({.uri = parse_uri(origin.url("/page"))});

  EXPECT_EQ(read_all(*response), "content");
  EXPECT_EQ(response->peer_class(), AddressClass::local);
  EXPECT_EQ(proxy.connections(), 0u);
}

}  // namespace
}  // namespace vitrine::fetch
