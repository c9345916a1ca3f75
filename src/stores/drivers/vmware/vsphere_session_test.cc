#include "stores/drivers/vmware/vsphere_session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>

#include "base/error.h"
#include "stores/drivers/vmware/vsphere_datastores.h"
#include "tests/support/origin_server.h"

/// What the simulator that vmware_test runs beside does not do.
namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::OriginServer;
using tests::Page;
using tests::SeenRequest;

Page answer(std::string_view value) {
  return {.content = fmt::format("<Envelope><Body><Response>{}</Response></Body></Envelope>", value)};
}

bool is_call(const SeenRequest& request, std::string_view method) {
  return request.body.find(fmt::format("<{} xmlns=", method)) != std::string::npos;
}

std::string datastore(std::string_view name) {
  return fmt::format("<objects><propSet><name>summary.name</name><val>{}</val></propSet></objects>", name);
}

class VsphereSessionTest : public ::testing::Test {
 protected:
  using Special = std::function<std::optional<Page>(const SeenRequest&)>;

  VsphereSessionTest() {
    origin_.answer_with([this](const SeenRequest& request) { return page_for(request); });
    settings_.server = fetch::parse_uri(origin_.url(""));
    settings_.user = "user";
    settings_.password = "secret";
    settings_.patience = {.attempts = 4,
                          .first_pause = std::chrono::milliseconds(1),
                          .longest_pause = std::chrono::milliseconds(2)};
  }

  /// Sessions are numbered; what `special` has no answer for is answered as a server does.
  Page page_for(const SeenRequest& request) {
    if (special_) {
      if (auto page = special_(request)) return *page;
    }
    if (is_call(request, "RetrieveServiceContent")) {
      return answer("<returnval><sessionManager type=\"SessionManager\">s</sessionManager></returnval>");
    }
    if (is_call(request, "Login")) {
      Page page = answer("<returnval><key>k</key></returnval>");
      page.headers = fmt::format("Set-Cookie: vmware_soap_session=\"{}\"; Path=/; Secure\r\n", ++logins_);
      return page;
    }
    return answer("<returnval type=\"Datacenter\">dc</returnval>");
  }

  std::vector<std::string> cookies_at(std::string_view target) const {
    std::vector<std::string> cookies;
    const std::vector<SeenRequest> requests = origin_.requests();
    for (const SeenRequest& request : requests) {
      if (request.target.starts_with(target)) cookies.push_back(request.header("Cookie"));
    }
    return cookies;
  }

  ErrorCode code_of(const std::function<void()>& body) {
    try {
      body();
    } catch (const Error& error) {
      message_ = error.what();
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::internal;
  }

  Special special_;
  std::atomic<int> logins_ = 0;
  std::string message_;
  VmwareSettings settings_;
  OriginServer origin_;  // last: it answers with the rest
};

TEST_F(VsphereSessionTest, SendsTheCookieBackAsItCame) {
  VsphereSession session(settings_);

  session.ask({}, fetch::Method::get, "/folder/a");

  EXPECT_THAT(cookies_at("/folder"), ElementsAre("vmware_soap_session=\"1\""));
}

TEST_F(VsphereSessionTest, LogsOutWithItsCookie) {
  VsphereSession(settings_).log_in();

  EXPECT_THAT(cookies_at("/sdk"), ElementsAre("", "", "vmware_soap_session=\"1\""));
  EXPECT_TRUE(is_call(origin_.requests().back(), "Logout"));
}

TEST_F(VsphereSessionTest, TakesAnAnswerWithoutValueForTheEndOfTheSession) {
  special_ = [this](const SeenRequest& request) -> std::optional<Page> {
    if (!is_call(request, "RetrievePropertiesEx")) return {};
    return logins_ < 2 ? answer("") : answer("<returnval>" + datastore("ds1") + "</returnval>");
  };
  VsphereSession session(settings_);
  VsphereDatastores datastores(session, {{"dc1", "ds1"}});

  EXPECT_EQ(datastores.usable({}).size(), 1u);
  EXPECT_EQ(logins_, 2);
}

TEST_F(VsphereSessionTest, BelievesASecondAnswerWithoutValue) {
  special_ = [](const SeenRequest& request) -> std::optional<Page> {
    if (!is_call(request, "RetrievePropertiesEx")) return {};
    return answer("");
  };
  VsphereSession session(settings_);
  VsphereDatastores datastores(session, {{"dc1", "ds1"}});

  EXPECT_THAT(datastores.usable({}), IsEmpty());
  EXPECT_EQ(logins_, 2);
}

TEST_F(VsphereSessionTest, ReadsListsToTheirLastPage) {
  special_ = [](const SeenRequest& request) -> std::optional<Page> {
    if (is_call(request, "RetrievePropertiesEx")) {
      return answer("<returnval><token>1</token>" + datastore("ds1") + "</returnval>");
    }
    if (!is_call(request, "ContinueRetrievePropertiesEx")) return {};
    const bool is_second = request.body.find("<token>1</token>") != std::string::npos;
    const std::string token = is_second ? "<token>2</token>" : "";
    return answer("<returnval>" + token + datastore(is_second ? "ds2" : "ds3") + "</returnval>");
  };
  VsphereSession session(settings_);
  VsphereDatastores datastores(session, {{"dc1", "ds1"}, {"dc1", "ds2"}, {"dc1", "ds3"}});

  EXPECT_EQ(datastores.usable({}).size(), 3u);
}

TEST_F(VsphereSessionTest, GivesUpAServerThatEndsEachSession) {
  special_ = [](const SeenRequest& request) -> std::optional<Page> {
    if (request.method == "POST") return {};
    return Page{.status = 401};
  };
  VsphereSession session(settings_);

  EXPECT_EQ(code_of([&] { session.ask({}, fetch::Method::get, "/folder/a"); }), ErrorCode::unavailable);
  EXPECT_THAT(message_, HasSubstr("ends each session"));
}

TEST_F(VsphereSessionTest, FollowsRedirectsToItsServerAndNoOther) {
  OriginServer other;
  special_ = [&](const SeenRequest& request) -> std::optional<Page> {
    if (request.target == "/folder/near") return Page{.status = 302, .headers = "Location: /folder/end\r\n"};
    if (request.target == "/folder/end") return Page{.content = "content"};
    if (request.target != "/folder/far") return {};
    return Page{.status = 302, .headers = "Location: " + other.url("/folder/end") + "\r\n"};
  };
  VsphereSession session(settings_);

  EXPECT_EQ(session.ask({}, fetch::Method::get, "/folder/near")->read_text(100), "content");
  EXPECT_EQ(code_of([&] { session.ask({}, fetch::Method::get, "/folder/far"); }), ErrorCode::storage_denied);
  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_F(VsphereSessionTest, WaitsOnceForAServerThatDoesNotAnswer) {
  special_ = [](const SeenRequest& request) -> std::optional<Page> {
    if (request.method == "POST") return {};
    return Page{.fault = Page::Fault::mute};
  };
  settings_.client.read_timeout = std::chrono::milliseconds(100);
  VsphereSession session(settings_);

  EXPECT_EQ(code_of([&] { session.ask({}, fetch::Method::get, "/folder/a"); }), ErrorCode::timed_out);
  EXPECT_EQ(cookies_at("/folder").size(), 1u);
}

TEST_F(VsphereSessionTest, SaysWhenTheHostIsNoSuchServer) {
  special_ = [](const SeenRequest&) { return Page{.status = 404, .content = "<html>nothing here</html>"}; };
  VsphereSession session(settings_);

  EXPECT_EQ(code_of([&] { session.log_in(); }), ErrorCode::unavailable);
  EXPECT_THAT(message_, HasSubstr("vmware_server_host"));
}

TEST_F(VsphereSessionTest, StopsWaitingWhenItsCallerDoes) {
  special_ = [](const SeenRequest& request) -> std::optional<Page> {
    if (request.method == "POST") return {};
    return Page{.status = 503};
  };
  settings_.patience = {.attempts = 1000,
                        .first_pause = std::chrono::seconds(3600),
                        .longest_pause = std::chrono::seconds(3600)};
  VsphereSession session(settings_);
  std::stop_source stop;
  stop.request_stop();

  EXPECT_EQ(code_of([&] { session.ask({.stop = stop.get_token()}, fetch::Method::get, "/folder/a"); }),
            ErrorCode::cancelled);
  EXPECT_EQ(code_of([&] {
              session.ask({.deadline = deadline_in(std::chrono::seconds(5))}, fetch::Method::get,
                          "/folder/a");
            }),
            ErrorCode::unavailable);
}

}  // namespace
}  // namespace vitrine::stores
