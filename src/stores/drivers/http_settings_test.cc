#include "stores/drivers/http_settings.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "fetch/options.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class HttpSettingsTest : public ::testing::Test {
 protected:
  HttpSettingsTest() { std::ofstream(ca_file()) << "-----BEGIN CERTIFICATE-----\n"; }

  std::string ca_file() const { return (place_.path() / "ca.pem").string(); }

  /// A configuration whose store [web] has these lines, the first being the second of the file.
  std::unique_ptr<config::Config> config_of(const std::string& lines) const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << "[web]\n" << lines << "\n[DEFAULT]\nenabled_backends = web:http\n";
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    OptionList known = http_options();
    const OptionList of_fetch = fetch::options();
    known.insert(known.end(), of_fetch.begin(), of_fetch.end());
    return std::make_unique<config::Config>(search, known);
  }
  HttpSettings read(const std::string& lines) const { return read_http_settings(*config_of(lines), "web"); }
  std::vector<config::Finding> check(const std::string& lines) const {
    return check_http_settings(*config_of(lines), "web");
  }

  /// The one finding about the lines, which reading them throws, too.
  std::string fault(const std::string& lines) const {
    const std::vector<config::Finding> findings = check(lines);
    EXPECT_THAT(findings, SizeIs(1)) << lines;
    try {
      read(lines);
      ADD_FAILURE() << lines << " is taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
    }
    return findings.empty() ? "" : findings.front().message;
  }

  tests::TemporaryDirectory place_;
};

TEST_F(HttpSettingsTest, AreGlancesWithTimeOutsIfNothingIsSet) {
  const HttpSettings settings = read("");

  EXPECT_FALSE(settings.client.verifies_peers);
  EXPECT_EQ(settings.client.ca_file, "");
  EXPECT_THAT(settings.client.proxies, IsEmpty());
  EXPECT_EQ(settings.client.connect_timeout, std::chrono::seconds(10));
  EXPECT_EQ(settings.client.read_timeout, std::chrono::seconds(60));
  EXPECT_THAT(check(""), IsEmpty());
}

TEST_F(HttpSettingsTest, HaveTimeOuts) {
  const HttpSettings settings = read("http_connect_timeout = 3\nhttp_read_timeout = 7\n");

  EXPECT_EQ(settings.client.connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(settings.client.read_timeout, std::chrono::seconds(7));
}

TEST_F(HttpSettingsTest, VerifyUnlessTheyAreInsecure) {
  EXPECT_TRUE(read("https_insecure = False").client.verifies_peers);
  EXPECT_FALSE(read("https_insecure = True").client.verifies_peers);
}

TEST_F(HttpSettingsTest, VerifyWithGivenAuthoritiesHoweverInsecureTheyAre) {
  const HttpSettings settings = read("https_insecure = True\nhttps_ca_certificates_file = " + ca_file());

  EXPECT_TRUE(settings.client.verifies_peers);
  EXPECT_EQ(settings.client.ca_file, ca_file());
}

TEST_F(HttpSettingsTest, NeedAFileOfAuthoritiesThatCanBeRead) {
  for (const std::string& file : {ca_file() + ".missing", place_.path().string()}) {
    EXPECT_THAT(fault("https_ca_certificates_file = " + file), HasSubstr("is not a file that can be read"));
  }
}

TEST_F(HttpSettingsTest, HaveAProxyForEachScheme) {
  const auto proxies =
      read("http_proxy_information = http:10.0.0.1:3128, https:http://user:p%40ss@proxy.example\n")
          .client.proxies;

  EXPECT_THAT(proxies, SizeIs(2));
  EXPECT_EQ(proxies.at("http"), fetch::parse_uri("http://10.0.0.1:3128"));
  EXPECT_EQ(proxies.at("https"), fetch::parse_uri("http://user:p%40ss@proxy.example"));
}

TEST_F(HttpSettingsTest, KnowProxiesOfTheWebsSchemesAlone) {
  EXPECT_THAT(fault("http_proxy_information = ftp:10.0.0.1:3128"), HasSubstr("\"ftp\" is not a scheme"));
}

TEST_F(HttpSettingsTest, NeedProxiesThatAreOnes) {
  for (const std::string proxy :
       {"10.0.0.1:port", "socks5://10.0.0.1", "http://10.0.0.1/path", "a b", ":3128"}) {
    EXPECT_THAT(fault("http_proxy_information = https:" + proxy),
                HasSubstr("the proxy for https is malformed"));
  }
}

TEST_F(HttpSettingsTest, SayWhatIsWrongWithoutRepeatingAPassword) {
  const std::string said = fault("http_proxy_information = http:user:secret@10.0.0.1:port");

  EXPECT_THAT(said, HasSubstr("[web] http_proxy_information"));
  EXPECT_THAT(said, Not(HasSubstr("secret")));
}

TEST_F(HttpSettingsTest, AreFoundFaultyWhereTheyAreWritten) {
  const auto findings = check("\nhttp_proxy_information = ftp:x\n");

  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings.front().line, 3);
  EXPECT_EQ(findings.front().severity, config::Finding::Severity::error);
}

TEST_F(HttpSettingsTest, FilterRedirectsByHostAndSchemeAndNeverByPort) {
  const std::string filter =
      "\n[import_filtering_opts]\ndisallowed_hosts = [bad.example]\nallowed_ports = [80]\n";
  const fetch::UriFilter redirects = read(filter).redirects;

  EXPECT_NO_THROW(redirects.check(fetch::parse_uri("https://good.example:8443/")));
  EXPECT_THROW(redirects.check(fetch::parse_uri("https://bad.example/")), Error);
  EXPECT_THROW(redirects.check(fetch::parse_uri("ftp://good.example/")), Error);
}

}  // namespace
}  // namespace vitrine::stores
