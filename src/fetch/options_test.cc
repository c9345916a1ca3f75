#include "fetch/options.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::fetch {
namespace {

class FilterOptionsTest : public ::testing::Test {
 protected:
  /// Whether the filter that [import_filtering_opts] describes with these lines lets the URI pass.
  bool accepts(const std::string& lines, std::string_view uri) const {
    try {
      filter_of(*config("[import_filtering_opts]\n" + lines)).check(parse_uri(uri));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid);
      return false;
    }
    return true;
  }

  std::unique_ptr<config::Config> config(const std::string& text) const {
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << text;
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    auto config = std::make_unique<config::Config>(search, options());
    config->require_valid();
    return config;
  }

 private:
  tests::TemporaryDirectory place_;
};

TEST_F(FilterOptionsTest, AcceptTheWebsSchemesAndPortsByDefault) {
  EXPECT_TRUE(accepts("", "http://host/"));
  EXPECT_TRUE(accepts("", "https://host:443/"));
  EXPECT_FALSE(accepts("", "ftp://host/"));
  EXPECT_FALSE(accepts("", "http://host:8080/"));
}

TEST_F(FilterOptionsTest, CountEachForItsPart) {
  EXPECT_FALSE(accepts("allowed_schemes = [https]\n", "http://host/"));
  EXPECT_FALSE(accepts("allowed_schemes = []\ndisallowed_schemes = [http]\n", "http://host/"));
  EXPECT_FALSE(accepts("allowed_hosts = [other]\n", "http://host/"));
  EXPECT_FALSE(accepts("disallowed_hosts = [host]\n", "http://host/"));
  EXPECT_TRUE(accepts("allowed_ports = [8080]\n", "http://host:8080/"));
  EXPECT_FALSE(accepts("allowed_ports = []\ndisallowed_ports = [8080]\n", "http://host:8080/"));
}

TEST_F(FilterOptionsTest, SayHowNearServersMayBe) {
  const auto nearest = [&](const std::string& text) {
    return admission_of(*config(text)).admit(parse_uri("http://host/")).nearest;
  };

  EXPECT_EQ(nearest(""), AddressClass::site);
  EXPECT_EQ(nearest("[import_filtering_opts]\nallowed_hosts = [host]\n"), AddressClass::local);
  EXPECT_EQ(nearest("[import_filtering_opts]\nallowed_hosts = [host]\n"
                    "[vitrine]\nimport_from_global_addresses_only = true\n"),
            AddressClass::global);
}

TEST_F(FilterOptionsTest, SayHowLongDownloadsMayTake) {
  const DownloadSettings settings = download_settings_of(
      *config("[vitrine]\nimport_connect_timeout = 1\nimport_read_timeout = 2\nimport_total_timeout = 3\n"
              "import_attempts = 4\nimport_ca_file = /ca.pem\n"),
      {.by_scheme = {{"http", parse_uri("http://proxy")}}, .exempt = {"mirror"}});

  EXPECT_EQ(settings.client.connect_timeout, std::chrono::seconds(1));
  EXPECT_EQ(settings.client.read_timeout, std::chrono::seconds(2));
  EXPECT_EQ(settings.total_timeout, std::chrono::seconds(3));
  EXPECT_EQ(settings.patience.attempts, 4u);
  EXPECT_EQ(settings.client.ca_file, "/ca.pem");
  EXPECT_EQ(settings.client.proxies.at("http"), parse_uri("http://proxy"));
  EXPECT_EQ(settings.client.unproxied, std::vector<std::string>{"mirror"});
}

}  // namespace
}  // namespace vitrine::fetch
