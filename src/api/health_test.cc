#include "api/health.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "api/json_text.h"
#include "base/error.h"
#include "tests/support/api_stores.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::api {
namespace {

/// Two stores, of which one is down.
class DetailedHealth : public testing::Test {
 protected:
  http::Reply reply(const std::string& accept, const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    request.headers.add("Accept", accept);
    const HealthSettings settings{.checks = {}, .source_ranges = {}, .is_detailed = true};
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

/// A single store, and files that come and go.
class HealthChecks : public testing::Test {
 protected:
  http::Reply reply(const http::Request& request) { return health_reply(settings_, stores_, request); }
  http::Reply reply(std::uint16_t port = 9292) {
    http::Request request;
    request.port = port;
    return reply(request);
  }

  std::string make(const std::string& name) {
    const std::filesystem::path path = directory_.path() / name;
    std::ofstream(path) << "x";
    return path;
  }
  std::string absent(const std::string& name) { return directory_.path() / name; }

  tests::TemporaryDirectory directory_;
  stores::StoreSet stores_ = single_store();
  HealthSettings settings_;
};

TEST_F(HealthChecks, AFileForAPortTakesThatPortOutOfService) {
  settings_.checks = {{HealthCheck::Trouble::present, {{make("out"), 9292}, {absent("other"), 9393}}}};

  EXPECT_EQ(reply(9292).status, 503u);
  EXPECT_EQ(std::get<std::string>(reply(9292).body), "DISABLED BY FILE");
  EXPECT_EQ(reply(9393).status, 200u);
  EXPECT_EQ(reply(80).status, 200u);
}

TEST_F(HealthChecks, AMissingFileTakesTheNodeOutOfService) {
  settings_.checks = {{HealthCheck::Trouble::missing, {{make("mounted")}, {absent("unmounted")}}}};

  EXPECT_EQ(reply().status, 503u);
  EXPECT_EQ(std::get<std::string>(reply().body), "FILE PATH MISSING");

  make("unmounted");
  EXPECT_EQ(reply().status, 200u);
}

TEST_F(HealthChecks, EveryCheckHasALineOfItsOwn) {
  settings_.checks = {{HealthCheck::Trouble::present, {{absent("out")}}},
                      {HealthCheck::Trouble::missing, {{absent("mounted")}}}};

  EXPECT_EQ(reply().status, 503u);
  EXPECT_EQ(std::get<std::string>(reply().body), "OK\nFILE PATH MISSING");
}

TEST_F(HealthChecks, DetailsNameTheFile) {
  settings_.checks = {{HealthCheck::Trouble::missing, {{"/no/such/file"}}}};
  settings_.is_detailed = true;
  http::Request request;
  request.headers.add("Accept", "application/json");

  const std::string text = std::get<std::string>(reply(request).body);

  EXPECT_NE(text.find("File path /no/such/file is missing"), std::string::npos) << text;
}

TEST_F(HealthChecks, OnlyAllowedAddressesAreAnswered) {
  settings_.source_ranges = {AddressRange::parse("10.0.0.0/8").value()};
  http::Request request;
  request.headers.add("X-Forwarded-For", "10.0.0.1");

  request.client = "10.1.2.3";
  EXPECT_EQ(reply(request).status, 200u);
  request.client = "192.0.2.1";
  EXPECT_THROW(reply(request), Error);
}

TEST_F(HealthChecks, ProxiedRequestsCanBeRefused) {
  settings_.refuses_proxied = true;
  http::Request request;

  EXPECT_EQ(reply(request).status, 200u);
  request.headers.add("X-Forwarded-For", "10.0.0.1");
  EXPECT_THROW(reply(request), Error);
}

}  // namespace
}  // namespace vitrine::api
