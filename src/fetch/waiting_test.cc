#include <gmock/gmock.h>
#include <netinet/in.h>

#include <stdexcept>
#include <thread>

#include "base/fd.h"
#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

/// How long a client waits, and what makes it stop.
namespace vitrine::fetch {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using tests::OriginServer;
using tests::Page;

constexpr milliseconds short_time{50};
/// A test that waits for this has failed.
constexpr std::chrono::seconds long_time{30};

/// Accepts no connection: its queue is full, so that the kernel does not even answer.
class DeafServer {
 public:
  DeafServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    const bool is_good = ::bind(listener_.get(), plain, size) == 0 && ::listen(listener_.get(), 0) == 0 &&
                         ::getsockname(listener_.get(), plain, &size) == 0 &&
                         ::connect(first_.get(), plain, size) == 0;
    if (!is_good) throw std::runtime_error("no deaf server");
    port_ = ntohs(address.sin_port);
  }

  Uri uri() const { return {.scheme = "http", .credentials = {}, .host = "127.0.0.1", .port = port_}; }

 private:
  UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  UniqueFd first_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
};

class WaitingTest : public ::testing::Test {
 protected:
  WaitingTest() {
    origin_.put("/mute", {.fault = Page::Fault::mute});
    origin_.put("/midway", {.content = "0123456789", .fault = Page::Fault::stall, .fault_after = 5});
  }

  Request request_for(std::string_view path) const { return {.uri = parse_uri(origin_.url(path))}; }

  OriginServer origin_;
  Client patient_{{.connect_timeout = long_time, .read_timeout = long_time}};
};

TEST_F(WaitingTest, EndsWhenConnectingTakesTooLong) {
  const DeafServer deaf;
  Client client({.connect_timeout = short_time, .read_timeout = long_time});

  const Failure failure = failure_of([&] { client.send({.uri = deaf.uri()}); });

  EXPECT_EQ(failure.code, ErrorCode::timed_out);
  EXPECT_THAT(failure.message, HasSubstr("cannot be connected to in time"));
}

TEST_F(WaitingTest, DoesNotCountConnectingAsSilence) {
  const DeafServer deaf;
  Client client({.connect_timeout = 4 * short_time, .read_timeout = short_time});

  const Failure failure = failure_of([&] { client.send({.uri = deaf.uri()}); });

  EXPECT_THAT(failure.message, HasSubstr("cannot be connected to in time"));
}

TEST_F(WaitingTest, EndsWhenAServerDoesNotAnswer) {
  Client client({.read_timeout = short_time});

  const Failure failure = failure_of([&] { client.send(request_for("/mute")); });

  EXPECT_EQ(failure.code, ErrorCode::timed_out);
  EXPECT_THAT(failure.message, HasSubstr("sends nothing for 0.05 seconds"));
}

TEST_F(WaitingTest, EndsWhenABodyComesToAStandstill) {
  Client client({.read_timeout = short_time});
  const auto response = client.send(request_for("/midway"));

  EXPECT_EQ(failure_of([&] { read_all(*response); }).code, ErrorCode::timed_out);
}

TEST_F(WaitingTest, DoesNotCountTheTimeInWhichNobodyReads) {
  origin_.put("/page", {.content = varied_content(5'000'000)});
  constexpr milliseconds timeout{1000};  // so long that a busy machine does not let the server miss it
  Client client({.read_timeout = timeout});
  const auto response = client.send(request_for("/page"));

  std::this_thread::sleep_for(timeout + short_time);

  EXPECT_EQ(read_all(*response).size(), 5'000'000u);
}

TEST_F(WaitingTest, EndsAtTheDeadline) {
  for (const std::string_view path : {"/mute", "/midway"}) {
    Request request = request_for(path);
    request.deadline = deadline_in(short_time);

    EXPECT_EQ(failure_of([&] { read_all(*patient_.send(request)); }).code, ErrorCode::timed_out) << path;
  }
}

TEST_F(WaitingTest, DoesNotBeginAfterTheDeadline) {
  Request request = request_for("/mute");
  request.deadline = deadline_in(milliseconds(0));

  EXPECT_EQ(failure_of([&] { patient_.send(request); }).code, ErrorCode::timed_out);
  EXPECT_EQ(origin_.connections(), 0u);
}

TEST_F(WaitingTest, EndsWhenItIsStopped) {
  for (const std::string_view path : {"/mute", "/midway"}) {
    std::stop_source stop;
    Request request = request_for(path);
    request.stop = stop.get_token();
    const std::size_t seen = origin_.requests().size();
    const std::jthread stopper([&] {
      origin_.wait_for_requests(seen + 1);
      stop.request_stop();
    });

    EXPECT_EQ(failure_of([&] { read_all(*patient_.send(request)); }).code, ErrorCode::cancelled) << path;
  }
}

TEST_F(WaitingTest, EndsWhenItIsStoppedWhileConnecting) {
  const DeafServer deaf;
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });

  EXPECT_EQ(failure_of([&] { patient_.send({.uri = deaf.uri(), .stop = stop.get_token()}); }).code,
            ErrorCode::cancelled);
}

TEST_F(WaitingTest, DoesNotBeginWhenItIsStoppedAlready) {
  std::stop_source stop;
  stop.request_stop();
  Request request = request_for("/mute");
  request.stop = stop.get_token();

  EXPECT_EQ(failure_of([&] { patient_.send(request); }).code, ErrorCode::cancelled);
  EXPECT_EQ(origin_.connections(), 0u);
}

}  // namespace
}  // namespace vitrine::fetch
