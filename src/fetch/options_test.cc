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
    const std::filesystem::path file = place_.path() / "test.conf";
    std::ofstream(file) << "[import_filtering_opts]\n" << lines;
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    const config::Config config(search, options());
    config.require_valid();
    try {
      filter_of(config).check(parse_uri(uri));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid);
      return false;
    }
    return true;
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

}  // namespace
}  // namespace vitrine::fetch
