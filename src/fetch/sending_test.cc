#include "fetch/sending.h"

#include <gmock/gmock.h>

#include <thread>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

/// Bodies that are pushed.
namespace vitrine::fetch {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::BodyRule;
using tests::OriginServer;
using tests::Page;

constexpr milliseconds short_time{50};
/// More than all buffers between the two ends hold.
constexpr std::size_t large = 30'000'000;

void write_in_steps(Sending& sending, std::string_view content, std::size_t step) {
  for (std::size_t at = 0; at < content.size(); at += step) sending.write(bytes_of(content.substr(at, step)));
}

class SendingTest : public ::testing::Test {
 protected:
  SendingTest() { origin_.put("/page", {.status = 201, .content = "made"}); }

  Request put() const { return {.method = Method::put, .uri = parse_uri(origin_.url("/page"))}; }
  Request asking_put() const {
    Request request = put();
    request.asks_before_body = true;
    return request;
  }

  OriginServer origin_;
  Client client_{{}};
};

// Sending

TEST_F(SendingTest, SendsABodyOfKnownLength) {
  const std::string content = varied_content(3'000'017);

  for (const std::size_t step : {1'000, 77'777, 5'000'000}) {
    const auto sending = client_.begin(put(), content.size());
    write_in_steps(*sending, content, step);
    const auto response = sending->finish();

    EXPECT_EQ(response->status(), 201u);
    EXPECT_EQ(read_all(*response), "made");
    const tests::SeenRequest seen = origin_.requests().back();
    EXPECT_EQ(seen.method, "PUT");
    EXPECT_EQ(seen.header("Content-Length"), "3000017");
    EXPECT_EQ(seen.header("Transfer-Encoding"), "");
    EXPECT_EQ(seen.header("Expect"), "");
    EXPECT_TRUE(seen.body == content) << step;
  }
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(SendingTest, SendsABodyOfUnknownLengthInChunks) {
  const std::string content = varied_content(3'000'017);

  for (const std::size_t step : {1'000, 77'777, 5'000'000}) {
    const auto sending = client_.begin(put(), {});
    write_in_steps(*sending, content, step);
    const auto response = sending->finish();

    EXPECT_EQ(response->status(), 201u);
    EXPECT_EQ(read_all(*response), "made");
    const tests::SeenRequest seen = origin_.requests().back();
    EXPECT_EQ(seen.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(seen.header("Content-Length"), "");
    EXPECT_TRUE(seen.body == content) << step;
  }
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(SendingTest, SendsAnEmptyBody) {
  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(0), {}}) {
    const auto sending = client_.begin(asking_put(), length);
    sending->write({});

    EXPECT_EQ(sending->finish()->status(), 201u);
    EXPECT_EQ(origin_.requests().back().body, "");
  }
  EXPECT_EQ(origin_.requests().at(0).header("Content-Length"), "0");
}

TEST_F(SendingTest, SendsWithOtherMethods) {
  for (const auto& [method, name] : {std::pair(Method::post, "POST"), std::pair(Method::remove, "DELETE")}) {
    Request request = put();
    request.method = method;
    const auto sending = client_.begin(request, 4);
    sending->write(bytes_of("body"));

    EXPECT_EQ(sending->finish()->status(), 201u);
    EXPECT_EQ(origin_.requests().back().method, name);
    EXPECT_EQ(origin_.requests().back().body, "body");
  }
}

TEST_F(SendingTest, SendsOverTls) {
  const tests::ServerIdentity identity;
  OriginServer origin(identity);
  origin.put("/page", {.status = 201});
  Client client({.ca_file = identity.certificate_file()});
  const std::string content = varied_content(3'000'000);

  const auto sending = client.begin({.method = Method::put, .uri = parse_uri(origin.url("/page"))}, {});
  write_in_steps(*sending, content, 100'000);

  EXPECT_EQ(sending->finish()->status(), 201u);
  EXPECT_TRUE(origin.requests().at(0).body == content);
}

TEST_F(SendingTest, SendsTheHeadersOfTheRequestAndNoTypeOfItsOwn) {
  Request request = put();
  request.headers = {{"X-One", "value"}};

  const auto sending = client_.begin(request, {});
  sending->write(bytes_of("body"));
  sending->finish();

  EXPECT_EQ(origin_.requests().at(0).header("X-One"), "value");
  EXPECT_EQ(origin_.requests().at(0).header("Content-Type"), "");
}

TEST_F(SendingTest, SendsNoMoreAndNoLessThanWasAnnounced) {
  const auto longer = client_.begin(put(), 4);
  longer->write(bytes_of("bod"));
  EXPECT_EQ(failure_of([&] { longer->write(bytes_of("ys")); }).code, ErrorCode::invalid);
  const auto shorter = client_.begin(put(), 4);
  shorter->write(bytes_of("bod"));
  EXPECT_EQ(failure_of([&] { shorter->finish(); }).code, ErrorCode::invalid);
}

TEST_F(SendingTest, LeavesNoRequestWhenItIsDropped) {
  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(1'000'000), {}}) {
    const std::size_t seen = origin_.requests().size();
    auto sending = client_.begin(put(), length);
    sending->write(bytes_of(varied_content(600'000)));
    sending.reset();

    ASSERT_TRUE(origin_.wait_for_requests(seen + 1));
    EXPECT_LE(origin_.requests().back().body.size(), 600'000u);
  }
  EXPECT_EQ(origin_.connections(), 2u);
}

TEST_F(SendingTest, ServesManyThreadsAtOnce) {
  const std::string content = varied_content(500'000);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 4; ++round) {
          const auto sending = client_.begin(put(), content.size());
          write_in_steps(*sending, content, 30'000);
          right += read_all(*sending->finish()) == "made";
        }
      });
    }
  }

  EXPECT_EQ(right, 32);
  for (const tests::SeenRequest& seen : origin_.requests()) EXPECT_TRUE(seen.body == content);
}

// Asking first

TEST_F(SendingTest, AsksBeforeTheBodyIfToldTo) {
  const auto sending = client_.begin(asking_put(), 4);
  sending->write(bytes_of("body"));

  EXPECT_EQ(sending->finish()->status(), 201u);
  EXPECT_EQ(origin_.requests().at(0).header("Expect"), "100-continue");
  EXPECT_EQ(origin_.requests().at(0).body, "body");
}

TEST_F(SendingTest, SendsNoByteToAServerThatDoesNotWantThem) {
  origin_.put("/page", {.status = 403, .content = "no"});
  origin_.take_bodies({.fault = BodyRule::Fault::answer});

  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(large), {}}) {
    const auto sending = client_.begin(asking_put(), length);

    EXPECT_TRUE(sending->is_answered());
    sending->write(bytes_of("body"));
    EXPECT_EQ(sending->accepted(), 0u);
    const auto response = sending->finish();
    EXPECT_EQ(response->status(), 403u);
    EXPECT_EQ(read_all(*response), "no");
  }
}

TEST_F(SendingTest, SendsTheBodyToAServerThatSaysNothing) {
  origin_.take_bodies({.go_ahead = ""});

  const auto sending = client_.begin(asking_put(), 4);
  sending->write(bytes_of("body"));

  EXPECT_EQ(sending->finish()->status(), 201u);
  EXPECT_EQ(origin_.requests().at(0).body, "body");
}

TEST_F(SendingTest, DoesNotAskAgainWhomItMayNotAsk) {
  origin_.answer_with([](const tests::SeenRequest& request) {
    const bool is_asked = !request.header("Expect").empty();
    return is_asked ? Page{.status = 417} : Page{.status = 201, .content = "made"};
  });
  origin_.take_bodies({.fault = BodyRule::Fault::answer, .count = 1});

  const auto sending = client_.begin(asking_put(), 4);
  sending->write(bytes_of("body"));
  const auto response = sending->finish();

  EXPECT_EQ(response->status(), 201u);
  EXPECT_EQ(read_all(*response), "made");
  EXPECT_EQ(origin_.requests().back().body, "body");
}

// Answers before the end

TEST_F(SendingTest, StopsSendingWhenItIsRefusedMidway) {
  origin_.put("/page", {.status = 507, .content = "full"});
  origin_.take_bodies({.fault = BodyRule::Fault::answer, .fault_after = 100'000});
  const std::string piece = varied_content(100'000);

  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(large), {}}) {
    const auto sending = client_.begin(put(), length);
    std::size_t pieces = 0;
    for (; pieces < large / piece.size() && !sending->is_answered(); ++pieces)
      sending->write(bytes_of(piece));

    EXPECT_LT(pieces, large / piece.size());
    const auto response = sending->finish();
    EXPECT_EQ(response->status(), 507u);
    EXPECT_EQ(read_all(*response), "full");
  }
}

TEST_F(SendingTest, SendsTheWholeBodyThoughSuccessWasToldEarly) {
  origin_.take_bodies({.fault = BodyRule::Fault::answer, .fault_after = 10});
  const std::string piece = varied_content(1'000'000);

  const auto sending = client_.begin(put(), 5'000'000);
  for (int i = 0; i < 5; ++i) sending->write(bytes_of(piece));

  EXPECT_FALSE(sending->is_answered());
  const auto response = sending->finish();
  EXPECT_EQ(response->status(), 201u);
  EXPECT_EQ(read_all(*response), "made");
}

// What fails

TEST_F(SendingTest, FailsWhenTheServerLeavesMidway) {
  origin_.take_bodies({.fault = BodyRule::Fault::cut, .fault_after = 100'000});
  const std::string content = varied_content(large);

  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(large), {}}) {
    const Failure failure = failure_of([&] {
      const auto sending = client_.begin(put(), length);
      write_in_steps(*sending, content, 1'000'000);
      sending->finish();
    });

    EXPECT_EQ(failure.code, ErrorCode::unavailable) << failure.message;
  }
}

TEST_F(SendingTest, FailsWhenTheServerLeavesInsteadOfAnswering) {
  origin_.put("/page", {.verbatim = ""});
  const auto sending = client_.begin(put(), 4);
  sending->write(bytes_of("body"));

  EXPECT_EQ(failure_of([&] { sending->finish(); }).code, ErrorCode::unavailable);
  EXPECT_EQ(sending->accepted(), 4u);
}

TEST_F(SendingTest, IsRefusedAConnectionBeforeItBegins) {
  const std::string url = std::make_unique<OriginServer>()->url("/secret-path");
  Request request{.method = Method::put, .uri = parse_uri(url)};
  request.headers = {{"X-Auth-Token", "secret-token"}};

  const Failure failure = failure_of([&] { client_.begin(request, {}); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, Not(HasSubstr("secret")));
}

// Kept connections that break

class BrokenConnectionTest : public SendingTest {
 protected:
  BrokenConnectionTest() {
    client_.send({.uri = parse_uri(origin_.url("/page"))})->read_text(100);
    origin_.take_bodies({.fault = BodyRule::Fault::cut, .fault_after = 10, .count = 1});
  }
};

TEST_F(BrokenConnectionTest, TellsThatItTookBytesThatAreLost) {
  const auto sending = client_.begin(put(), large);
  const std::string content = varied_content(large);
  sending->write(bytes_of(content).first(1000));

  const Failure failure = failure_of([&] {
    sending->write(bytes_of(content).subspan(1000));
    sending->finish();
  });

  EXPECT_EQ(failure.code, ErrorCode::unavailable) << failure.message;
  EXPECT_GT(sending->accepted(), 0u);
}

TEST_F(BrokenConnectionTest, SendsNothingTwiceBehindItsCallersBack) {
  const std::string content = varied_content(large);
  const auto sending = client_.begin(put(), content.size());

  const Failure failure = failure_of([&] {
    sending->write(bytes_of(content));
    sending->finish();
  });

  EXPECT_EQ(failure.code, ErrorCode::unavailable) << failure.message;
  EXPECT_GT(sending->accepted(), 0u);
  EXPECT_EQ(origin_.requests().size(), 2u);
}

TEST_F(BrokenConnectionTest, SendsNoEmptyBodyTwiceEither) {
  origin_.put("/page", {.verbatim = ""});

  EXPECT_EQ(failure_of([&] { client_.begin(put(), 0); }).code, ErrorCode::unavailable);
  EXPECT_EQ(origin_.requests().size(), 2u);
}

// Time

TEST_F(SendingTest, EndsWhenTheServerTakesNoMore) {
  origin_.take_bodies({.fault = BodyRule::Fault::stall, .fault_after = 1000});
  Client client({.read_timeout = short_time});
  const auto sending = client.begin(put(), large);
  const std::string content = varied_content(large);

  const Failure failure = failure_of([&] { sending->write(bytes_of(content)); });

  EXPECT_EQ(failure.code, ErrorCode::timed_out);
  EXPECT_THAT(failure.message, HasSubstr("takes nothing for 0.05 seconds"));
}

TEST_F(SendingTest, EndsWhenTheServerDoesNotAnswerTheBody) {
  origin_.put("/page", {.fault = Page::Fault::mute});
  Client client({.read_timeout = short_time});
  const auto sending = client.begin(put(), 4);
  sending->write(bytes_of("body"));

  const Failure failure = failure_of([&] { sending->finish(); });

  EXPECT_EQ(failure.code, ErrorCode::timed_out);
  EXPECT_THAT(failure.message, HasSubstr("sends nothing for 0.05 seconds"));
}

TEST_F(SendingTest, DoesNotCountTheTimeInWhichNobodyWrites) {
  constexpr milliseconds timeout{1000};
  Client client({.read_timeout = timeout});
  const auto sending = client.begin(put(), 8);
  sending->write(bytes_of("body"));

  std::this_thread::sleep_for(timeout + short_time);
  sending->write(bytes_of("body"));

  EXPECT_EQ(sending->finish()->status(), 201u);
  EXPECT_EQ(origin_.requests().back().body, "bodybody");
}

TEST_F(SendingTest, EndsAtTheDeadline) {
  origin_.take_bodies({.fault = BodyRule::Fault::stall});
  const std::string content = varied_content(large);
  Request request = put();
  request.deadline = deadline_in(short_time);

  const Failure failure = failure_of([&] { client_.begin(request, large)->write(bytes_of(content)); });

  EXPECT_EQ(failure.code, ErrorCode::timed_out);
}

TEST_F(SendingTest, EndsWhenItIsStopped) {
  origin_.take_bodies({.fault = BodyRule::Fault::stall});
  const std::string content = varied_content(large);
  std::stop_source stop;
  Request request = put();
  request.stop = stop.get_token();
  const std::jthread stopper([&] {
    origin_.wait_for_requests(1);
    stop.request_stop();
  });

  const Failure failure = failure_of([&] { client_.begin(request, large)->write(bytes_of(content)); });

  EXPECT_EQ(failure.code, ErrorCode::cancelled);
}

TEST_F(SendingTest, HearsWhatBecameOfWhatWasSentBeforeItWasStopped) {
  std::stop_source stop;
  origin_.answer_with([&](const tests::SeenRequest&) {
    stop.request_stop();
    std::this_thread::sleep_for(short_time);
    return Page{.status = 201};
  });
  Request request = put();
  request.stop = stop.get_token();
  request.settling_time = std::chrono::seconds(20);

  const auto sending = client_.begin(request, 4);
  sending->write(bytes_of("body"));

  EXPECT_EQ(sending->finish()->status(), 201u);
}

TEST_F(SendingTest, DoesNotWaitLongForWhatBecameOfWhatWasSent) {
  origin_.put("/page", {.fault = Page::Fault::mute});
  for (const milliseconds settling_time : {milliseconds(0), short_time}) {
    std::stop_source stop;
    Request request = put();
    request.stop = stop.get_token();
    request.settling_time = settling_time;
    const auto sending = client_.begin(request, 4);
    sending->write(bytes_of("body"));
    stop.request_stop();

    EXPECT_EQ(failure_of([&] { sending->finish(); }).code, ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace vitrine::fetch
