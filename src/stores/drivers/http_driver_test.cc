#include "stores/drivers/http_driver.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/text.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/origin_server.h"

namespace vitrine::tests {
namespace {

using stores::HttpDriver;
using stores::HttpSettings;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Page redirect_to(const std::string& location, unsigned status = 302) {
  return {.status = status, .headers = "Location: " + location + "\r\n"};
}

// The contract

enum class Origin { knows_ranges, knows_no_ranges, redirects };

/// An http driver, and a server whose pages are the store's blobs.
class HttpSubject : public DriverSubject {
 public:
  explicit HttpSubject(Origin kind) : kind_(kind) {}

  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override { return origin_.paths(); }

  stores::Location put(const std::string& name, std::string_view content) override {
    const std::string path = "/images/" + form_encode(name);
    origin_.put(path,
                {.content = std::string(content),
                 .ranges = kind_ == Origin::knows_no_ranges ? Page::Ranges::ignored : Page::Ranges::known});
    if (kind_ != Origin::redirects) return {origin_.url(path), {}};
    origin_.put("/to" + path, redirect_to(path));
    return {origin_.url("/to" + path), {}};
  }
  void take_away(const stores::Location& location) override {
    const std::string path = location.uri.substr(origin_.url("").size());
    origin_.remove(path);
    if (kind_ == Origin::redirects) origin_.remove(path.substr(3));
  }

 private:
  const Origin kind_;
  OriginServer origin_;
  HttpDriver driver_{HttpSettings{}};
};

DriverCase http_case(const std::string& name, Origin kind) {
  return {name, [=] { return std::make_unique<HttpSubject>(kind); }};
}

const std::vector<DriverCase> cases = {
    http_case("FromAServerThatKnowsRanges", Origin::knows_ranges),
    http_case("FromAServerThatKnowsNoRanges", Origin::knows_no_ranges),
    http_case("BehindRedirects", Origin::redirects),
};
INSTANTIATE_DRIVER_CONTRACT(Http, cases);

class HttpDriverTest : public ::testing::Test {
 protected:
  HttpDriverTest() { origin_.put("/blob", {.content = "0123456789"}); }

  stores::Location at(std::string_view path) const { return {origin_.url(path), {}}; }
  std::string read(const stores::Location& location, ByteRange range = {}) {
    return read_all(*driver_.open(call_, location, range), 1000);
  }
  ErrorCode open_error(const stores::Location& location, ByteRange range = {}) {
    return error_of([&] { driver_.open(call_, location, range); });
  }
  ErrorCode size_error(const stores::Location& location) {
    return error_of([&] { driver_.size(call_, location); });
  }

  OriginServer origin_;
  HttpSettings settings_;
  HttpDriver driver_{settings_};
  const stores::StoreCall call_;
};

// Locations

TEST_F(HttpDriverTest, ReadsWithCredentialsPortAndQuery) {
  origin_.put("/blob?version=2", {.content = "second"});
  const std::string host = origin_.url("").substr(std::string("http://").size());

  EXPECT_EQ(read({"http://user:pass@" + host + "/blob?version=2#part", {}}), "second");
  EXPECT_EQ(origin_.requests().at(0).header("Authorization"), "Basic dXNlcjpwYXNz");
}

TEST_F(HttpDriverTest, RefusesLocationsThatGlanceRefuses) {
  for (const std::string uri : {"http://user@host/a", "http://a:b:c@host/a", "http:///a",
                                "http://host:port/a", "file:///etc/passwd", "swift+http://host/a"}) {
    EXPECT_EQ(open_error({uri, {}}), ErrorCode::invalid) << uri;
    EXPECT_EQ(size_error({uri, {}}), ErrorCode::invalid) << uri;
  }
}

// Answers

TEST_F(HttpDriverTest, FindsNothingOnlyWhereTheServerSaysSo) {
  EXPECT_EQ(open_error(at("/nothing")), ErrorCode::not_found);
  for (const unsigned status : {400, 401, 403, 410, 500, 503}) {
    origin_.put("/refused", {.status = status});
    EXPECT_EQ(open_error(at("/refused")), ErrorCode::invalid) << status;
    EXPECT_EQ(size_error(at("/refused")), ErrorCode::invalid) << status;
  }
}

TEST_F(HttpDriverTest, AsksForTheSizeWithoutTheData) {
  EXPECT_EQ(driver_.size(call_, at("/blob")), 10u);
  EXPECT_EQ(origin_.requests().at(0).method, "HEAD");
}

TEST_F(HttpDriverTest, HasNoSizeIfTheServerSaysNone) {
  origin_.put("/blob", {.content = "content", .framing = Page::Framing::chunked});

  EXPECT_EQ(driver_.size(call_, at("/blob")), 0u);
}

TEST_F(HttpDriverTest, CannotReachAServerThatIsNotThere) {
  const stores::Location location{std::make_unique<OriginServer>()->url("/blob"), {}};

  EXPECT_EQ(open_error(location), ErrorCode::unavailable);
  EXPECT_EQ(size_error(location), ErrorCode::invalid);
}

TEST_F(HttpDriverTest, DoesNotTellUsersWhereTheDataLies) {
  const stores::Location location{std::make_unique<OriginServer>()->url("/blob"), {}};

  try {
    driver_.open(call_, location, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("127.0.0.1")));
  }
}

TEST_F(HttpDriverTest, FailsWhereTheDataIsCutShort) {
  origin_.put("/blob", {.content = "0123456789", .fault = Page::Fault::cut, .fault_after = 5});
  const auto reader = driver_.open(call_, at("/blob"), {});

  EXPECT_EQ(error_of([&] { read_all(*reader, 1000); }), ErrorCode::unavailable);
}

TEST_F(HttpDriverTest, GivesUpAServerThatGoesSilent) {
  origin_.put("/mute", {.fault = Page::Fault::mute});
  origin_.put("/midway", {.content = "0123456789", .fault = Page::Fault::stall, .fault_after = 5});
  settings_.client.read_timeout = std::chrono::milliseconds(50);
  HttpDriver driver(settings_);
  const auto reader = driver.open(call_, at("/midway"), {});

  EXPECT_EQ(error_of([&] { read_all(*reader, 1000); }), ErrorCode::timed_out);
  EXPECT_EQ(error_of([&] { driver.open(call_, at("/mute"), {}); }), ErrorCode::timed_out);
  EXPECT_EQ(error_of([&] { driver.size(call_, at("/mute")); }), ErrorCode::invalid);
}

TEST_F(HttpDriverTest, StopsWhenTheCallIsStopped) {
  origin_.put("/mute", {.fault = Page::Fault::mute});
  std::stop_source stop;
  const stores::StoreCall call{.stop = stop.get_token()};
  const std::jthread stopper([&] {
    origin_.wait_for_requests(1);
    stop.request_stop();
  });

  EXPECT_EQ(error_of([&] { driver_.open(call, at("/mute"), {}); }), ErrorCode::cancelled);
}

TEST_F(HttpDriverTest, EndsAtTheCallsDeadline) {
  origin_.put("/mute", {.fault = Page::Fault::mute});
  const stores::StoreCall call{.deadline = deadline_in(std::chrono::milliseconds(50))};

  EXPECT_EQ(error_of([&] { driver_.open(call, at("/mute"), {}); }), ErrorCode::timed_out);
}

// Ranges

TEST_F(HttpDriverTest, AsksForRangesOnlyWhenOneIsWanted) {
  read(at("/blob"));
  read(at("/blob"), {.offset = 2, .length = 3});
  read(at("/blob"), {.offset = 7, .length = {}});

  EXPECT_EQ(origin_.requests().at(0).header("Range"), "");
  EXPECT_EQ(origin_.requests().at(1).header("Range"), "bytes=2-4");
  EXPECT_EQ(origin_.requests().at(2).header("Range"), "bytes=7-");
}

TEST_F(HttpDriverTest, ReadsRangesFromAServerThatKnowsNeitherRangesNorSizes) {
  origin_.put("/blob",
              {.content = "0123456789", .framing = Page::Framing::chunked, .ranges = Page::Ranges::ignored});

  EXPECT_EQ(read(at("/blob"), {.offset = 2, .length = 3}), "234");
  EXPECT_EQ(read(at("/blob"), {.offset = 2, .length = {}}), "23456789");
  EXPECT_EQ(read(at("/blob"), {.offset = 8, .length = 100}), "89");
  EXPECT_EQ(read(at("/blob"), {.offset = 10, .length = {}}), "");
  EXPECT_EQ(open_error(at("/blob"), {.offset = 11, .length = {}}), ErrorCode::range_unsatisfiable);
}

TEST_F(HttpDriverTest, LearnsTheSizeOtherwiseIfARefusalOfARangeDoesNotTell) {
  origin_.put("/blob", {.content = "0123456789", .ranges = Page::Ranges::refused});

  EXPECT_EQ(read(at("/blob"), {.offset = 10, .length = {}}), "");
  EXPECT_EQ(origin_.requests().at(1).method, "HEAD");
  EXPECT_EQ(open_error(at("/blob"), {.offset = 11, .length = {}}), ErrorCode::range_unsatisfiable);
}

TEST_F(HttpDriverTest, CannotReadARangeThatTheServerHasAndRefuses) {
  origin_.put("/blob", {.status = 416, .headers = "Content-Range: bytes */10\r\n"});

  EXPECT_EQ(open_error(at("/blob"), {.offset = 5, .length = 2}), ErrorCode::unavailable);
  EXPECT_EQ(open_error(at("/blob"), {.offset = 11, .length = 2}), ErrorCode::range_unsatisfiable);
  EXPECT_EQ(read(at("/blob"), {.offset = 10, .length = 2}), "");
}

TEST_F(HttpDriverTest, TakesNoOtherPartThanItAskedFor) {
  for (const std::string header :
       {"", "Content-Range: bytes 0-2/10\r\n", "Content-Range: bytes 2-5/10\r\n",
        "Content-Range: bytes 2-3/10\r\n", "Content-Range: bytes 2-4\r\n", "Content-Range: bytes */10\r\n",
        "Content-Type: multipart/byteranges\r\n"}) {
    origin_.put("/part", {.status = 206, .content = "234", .headers = header});
    EXPECT_EQ(open_error(at("/part"), {.offset = 2, .length = 3}), ErrorCode::unavailable) << header;
  }
}

TEST_F(HttpDriverTest, TakesNoPartWhoseLengthIsAnother) {
  origin_.put("/part", {.status = 206, .content = "2345", .headers = "Content-Range: bytes 2-4/10\r\n"});

  EXPECT_EQ(open_error(at("/part"), {.offset = 2, .length = 3}), ErrorCode::unavailable);
}

TEST_F(HttpDriverTest, FailsWhereAPartOfUnknownLengthEndsEarly) {
  origin_.put("/part", {.status = 206,
                        .content = "23",
                        .headers = "Content-Range: bytes 2-4/*\r\n",
                        .framing = Page::Framing::until_close});
  const auto reader = driver_.open(call_, at("/part"), {.offset = 2, .length = 3});

  EXPECT_EQ(error_of([&] { read_all(*reader, 1000); }), ErrorCode::unavailable);
}

TEST_F(HttpDriverTest, TakesAPartThatIsTheWhole) {
  origin_.put("/part", {.status = 206, .content = "012", .headers = "Content-Range: bytes 0-2/3\r\n"});

  EXPECT_EQ(read(at("/part")), "012");
}

// Redirects

TEST_F(HttpDriverTest, FollowsTheRedirectsThatGlanceFollows) {
  origin_.put("/moved", redirect_to("/blob", 301));
  origin_.put("/found", redirect_to(origin_.url("/blob"), 302));

  for (const std::string path : {"/moved", "/found"}) {
    EXPECT_EQ(read(at(path)), "0123456789");
    EXPECT_EQ(driver_.size(call_, at(path)), 10u);
  }
}

TEST_F(HttpDriverTest, FollowsNoOtherRedirect) {
  for (const unsigned status : {300, 303, 304, 307, 308}) {
    origin_.put("/moved", redirect_to("/blob", status));
    EXPECT_EQ(open_error(at("/moved")), ErrorCode::invalid) << status;
  }
  origin_.put("/moved", {.status = 301});
  EXPECT_EQ(open_error(at("/moved")), ErrorCode::invalid) << "no Location";
}

TEST_F(HttpDriverTest, FollowsAsManyRedirectsAsGlance) {
  for (int i = 1; i <= 6; ++i) {
    origin_.put("/" + std::to_string(i), redirect_to(i == 1 ? "/blob" : "/" + std::to_string(i - 1)));
  }

  EXPECT_EQ(read(at("/5")), "0123456789");
  EXPECT_EQ(open_error(at("/6")), ErrorCode::invalid);
}

TEST_F(HttpDriverTest, FiltersWhereRedirectsLeadAndNotWhereLocationsDo) {
  origin_.put("/moved", redirect_to("/blob"));
  settings_.redirects = fetch::UriFilter({.hosts = {.allowed = {"elsewhere.example"}, .disallowed = {}}});
  HttpDriver driver(settings_);

  EXPECT_EQ(read_all(*driver.open(call_, at("/blob"), {}), 1000), "0123456789");
  EXPECT_EQ(error_of([&] { driver.open(call_, at("/moved"), {}); }), ErrorCode::invalid);
}

TEST_F(HttpDriverTest, IsNotLedFromAfarToThisMachine) {
  OriginServer proxy;
  proxy.put("/moved", redirect_to("https://127.0.0.1:" + std::to_string(origin_.port()) + "/blob"));
  settings_.client.proxies = {{"http", fetch::parse_uri(proxy.url("/"))}};
  HttpDriver driver(settings_);

  EXPECT_EQ(error_of([&] { driver.open(call_, {"http://afar.invalid/moved", {}}, {}); }), ErrorCode::invalid);
  EXPECT_EQ(origin_.connections(), 0u);
}

TEST_F(HttpDriverTest, StaysWithinTheReachOfItsCall) {
  stores::StoreCall call;
  call.reach.nearest = fetch::AddressClass::site;

  EXPECT_EQ(error_of([&] { driver_.open(call, at("/blob"), {}); }), ErrorCode::invalid);
  EXPECT_EQ(error_of([&] { driver_.size(call, at("/blob")); }), ErrorCode::invalid);
  EXPECT_EQ(origin_.connections(), 0u);
}

// TLS and proxies

TEST_F(HttpDriverTest, TrustsWhomItsSettingsTrust) {
  const ServerIdentity identity;
  OriginServer safe(identity);
  safe.put("/blob", {.content = "safe"});
  const auto read_with = [&](const std::string& ca_file, bool verifies_peers) {
    HttpSettings settings;
    settings.client.ca_file = ca_file;
    settings.client.verifies_peers = verifies_peers;
    return read_all(*HttpDriver(settings).open(call_, {safe.url("/blob"), {}}, {}), 1000);
  };

  EXPECT_EQ(read_with("", false), "safe");
  EXPECT_EQ(read_with(identity.certificate_file(), true), "safe");
  EXPECT_EQ(error_of([&] { read_with("", true); }), ErrorCode::unavailable);
}

TEST_F(HttpDriverTest, AsksItsProxy) {
  settings_.client.proxies = {{"http", fetch::parse_uri(origin_.url("/"))}};
  HttpDriver driver(settings_);

  EXPECT_EQ(read_all(*driver.open(call_, {"http://afar.invalid/blob", {}}, {}), 1000), "0123456789");
  EXPECT_EQ(origin_.requests().at(0).target, "http://afar.invalid/blob");
}

}  // namespace
}  // namespace vitrine::tests
