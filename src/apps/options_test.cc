#include "apps/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "apps/settings.h"
#include "base/error.h"
#include "config/glance_options.h"

namespace vitrine::apps {
namespace {

/// A configuration of one file with this text.
class Configured : public testing::Test {
 protected:
  ~Configured() override { std::filesystem::remove(file_); }

  std::unique_ptr<config::Config> read(const std::string& text) const {
    std::ofstream(file_) << text;
    return std::make_unique<config::Config>(config::Search{.sources = {{config::Source::Kind::file, file_}}},
                                            all_options());
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("vitrine-apps-" + std::to_string(::getpid()) + ".conf");
};

TEST(Options, NoneStandsBothInARoomAndInTheTableOfGlances) {
  EXPECT_EQ(config::rows_declared_by(all_options()), std::vector<std::string>{});
}

TEST_F(Configured, TheServerListensWhereTheConfigurationSays) {
  const auto settings = server_settings(*read("[DEFAULT]\nbind_host = ::1\nbind_port = 0\n"));

  ASSERT_EQ(settings.endpoints.size(), 1u);
  EXPECT_EQ(settings.endpoints[0].host, "::1");
  EXPECT_EQ(settings.endpoints[0].port, 0);
  EXPECT_FALSE(settings.tls);
}

TEST_F(Configured, TlsNeedsCertificateAndKey) {
  EXPECT_THROW(server_settings(*read("[DEFAULT]\ncert_file = /etc/ssl/x.pem\n")), Error);
  EXPECT_TRUE(
      server_settings(*read("[DEFAULT]\ncert_file = /etc/ssl/x.pem\nkey_file = /etc/ssl/x.key\n")).tls);
}

TEST_F(Configured, MetricsHaveAnAddressOfTheirOwnOrNone) {
  const auto six = metrics_server_settings(*read("[vitrine]\nmetrics_address = [::1]:1234\n"));
  ASSERT_EQ(six.endpoints.size(), 1u);
  EXPECT_EQ(six.endpoints[0].host, "::1");
  EXPECT_EQ(six.endpoints[0].port, 1234);

  EXPECT_TRUE(metrics_server_settings(*read("[vitrine]\nmetrics_address =\n")).endpoints.empty());
  for (const char* wrong : {"localhost", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:"}) {
    EXPECT_THROW(metrics_server_settings(*read(std::string("[vitrine]\nmetrics_address = ") + wrong + "\n")),
                 Error)
        << wrong;
  }
}

}  // namespace
}  // namespace vitrine::apps
