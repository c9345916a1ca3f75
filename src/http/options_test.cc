#include "http/options.h"

#include <gtest/gtest.h>

#include <set>

#include "http/server.h"

namespace vitrine::http {
namespace {

TEST(HttpOptions, AreListedOnce) {
  std::set<std::string_view> names;
  for (const AnyOption& option : options()) {
    std::visit([&](const auto* each) { EXPECT_TRUE(names.insert(each->name).second) << each->name; }, option);
  }

  EXPECT_EQ(names.size(), 18u);
}

TEST(HttpOptions, FallBackToWhatTheServerDoesByItself) {
  const ServerSettings settings;

  EXPECT_EQ(static_cast<std::size_t>(max_header_size.fallback), settings.max_header_size);
  EXPECT_EQ(static_cast<std::size_t>(max_json_body.fallback), settings.max_text_body);
  EXPECT_EQ(std::chrono::seconds(header_timeout.fallback), settings.header_timeout);
  EXPECT_EQ(std::chrono::seconds(idle_timeout.fallback), settings.idle_timeout);
  EXPECT_EQ(std::chrono::seconds(client_socket_timeout.fallback), settings.transfer_timeout);
  EXPECT_EQ(std::chrono::seconds(tcp_keepidle.fallback), settings.tcp_keepidle);
  EXPECT_EQ(static_cast<std::uint64_t>(min_body_rate.fallback), settings.min_body_rate);
  EXPECT_EQ(http_keepalive.fallback, settings.keep_alive);
  EXPECT_EQ(backlog.fallback, Endpoint().backlog);
}

}  // namespace
}  // namespace vitrine::http
