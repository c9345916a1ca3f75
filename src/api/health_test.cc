#include "api/health.h"

#include <gtest/gtest.h>

#include "api/json_text.h"
#include "tests/support/api_stores.h"

namespace vitrine::api {
namespace {

/// Two stores, of which one is down.
class DetailedHealth : public testing::Test {
 protected:
  http::Reply reply(const std::string& accept, const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    request.headers.add("Accept", accept);
    const ApiSettings settings{.has_detailed_health = true};
    return health_reply(settings, stores_, request);
  }

  std::string text(const std::string& accept) { return std::get<std::string>(reply(accept).body); }

  static stores::StoreSet one_up_one_down(Metrics& metrics) {
    auto health = std::make_unique<stores::StoreHealth>(metrics, "cheap");
    health->set_trouble("no such <pool>");
    std::vector<std::unique_ptr<stores::Store>> all;
    all.push_back(
        std::make_unique<stores::Store>(stores::StoreTraits{.id = "fast", .type = "file", .schemes = {}},
                                        std::make_unique<tests::MemoryDriver>(), 1));
    all.push_back(
        std::make_unique<stores::Store>(stores::StoreTraits{.id = "cheap", .type = "file", .schemes = {}},
                                        std::make_unique<tests::MemoryDriver>(), 1, std::move(health)));
    return {std::move(all), "fast", stores::StoreMode::several};
  }

  Metrics metrics_;
  stores::StoreSet stores_ = one_up_one_down(metrics_);
};

TEST_F(DetailedHealth, TellsOfEveryStoreInText) {
  EXPECT_EQ(text("text/plain"), "OK\nstore fast: up\nstore cheap: down: no such <pool>");
}

TEST_F(DetailedHealth, TellsOfEveryStoreInJson) {
  EXPECT_EQ(
      to_json_text(parse_json(text("application/json"))),
      R"({"detailed": true, "reasons": [{"class": "HealthcheckResult", "details": "", "reason": "OK"}], )"
      R"("stores": [{"id": "fast", "reason": "", "state": "up"}, )"
      R"({"id": "cheap", "reason": "no such <pool>", "state": "down"}]})");
}

TEST_F(DetailedHealth, TellsOfEveryStoreOnAPage) {
  const std::string page = text("text/html");

  EXPECT_NE(page.find("<tr><td>fast</td><td>up</td><td></td></tr>"), std::string::npos) << page;
  EXPECT_NE(page.find("<tr><td>cheap</td><td>down</td><td>no such &lt;pool&gt;</td></tr>"), std::string::npos)
      << page;
}

TEST_F(DetailedHealth, StaysGoodWhileAStoreIsDown) {
  EXPECT_EQ(reply("text/plain").status, 200u);
  EXPECT_EQ(reply("text/plain", "HEAD").status, 204u);
}

}  // namespace
}  // namespace vitrine::api
