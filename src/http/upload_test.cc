#include "http/upload.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "http/test_support.h"

namespace vitrine::http {
namespace {

using Uploads = ServerTest;

std::string put(std::size_t length) {
  return fmt::format("PUT /file HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", length);
}

constexpr std::string_view put_chunked =
    "PUT /file HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A sink whose calls are functions.
class FunctionSink : public BodySink {
 public:
  std::function<void(Chunk)> on_write = [](const Chunk&) {};
  std::function<Reply()> on_finish = [] { return Reply(); };
  std::function<void(Reason)> on_abandon = [](Reason) {};

  void write(Chunk chunk) override { on_write(std::move(chunk)); }
  Reply finish() override { return on_finish(); }
  void abandon(Reason reason) noexcept override { on_abandon(reason); }
};

TEST_F(Uploads, WithALengthArriveWhole) {
  record_uploads();
  const std::string body = pattern(10'000'000);
  Client client(port());

  const Answer answer = client.exchange(put(body.size()) + body);

  EXPECT_EQ(answer.status, 201u);
  EXPECT_EQ(answer.body, "10000000");
  EXPECT_TRUE(record_.data == body);
}

TEST_F(Uploads, InChunksOfAnySizeArriveWhole) {
  record_uploads();
  Client client(port());

  for (const std::size_t size : {1, 5, 100, 4096, 65536, 300'000, 2'000'000}) {
    const std::string body = pattern(size < 100 ? 20'000 : 2'000'000);
    record_.data.clear();
    const Answer answer = client.exchange(std::string(put_chunked) + chunked(body, size));
    EXPECT_EQ(answer.status, 201u) << size;
    EXPECT_TRUE(record_.data == body) << size;
  }
}

TEST_F(Uploads, ThatAreEmptyAreFinished) {
  record_uploads();
  Client client(port());

  EXPECT_EQ(client.exchange(put(0)).body, "0");
  EXPECT_EQ(client.exchange("PUT / HTTP/1.1\r\nHost: x\r\n\r\n").body, "0");
  EXPECT_EQ(client.exchange(std::string(put_chunked) + "0\r\n\r\n").body, "0");
}

TEST_F(Uploads, LeaveWhatFollowsToTheNextRequest) {
  record_uploads();
  Client client(port());

  client.send(put(3) + "abc" + std::string(put_chunked) + "3\r\ndef\r\n0\r\n\r\n" +
              "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(client.read().status, 201u);
  EXPECT_EQ(client.read().status, 201u);
  EXPECT_EQ(client.read().body, "GET /next ");
  EXPECT_EQ(record_.data, "abcdef");
}

TEST_F(Uploads, AreContinuedOnlyAfterTheyWereAccepted) {
  Promise<bool> may_accept;
  application_.on_receive = [&](const Request&, const std::stop_token&) -> Received {
    may_accept.get();
    return std::make_unique<RecordingSink>(record_);
  };
  Client client(port());
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_FALSE(client.has_input_within(std::chrono::milliseconds(20)));

  may_accept.set(true);
  EXPECT_EQ(client.read().status, 100u);
  client.send("abc");

  EXPECT_EQ(client.read().status, 201u);
}

TEST_F(Uploads, ThatAreRefusedAreNeverContinued) {
  application_.on_receive = [](const Request&, const std::stop_token&) -> Received {
    return text_reply("no", 403);
  };
  Client client(port());

  const Answer answer =
      client.exchange("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

  EXPECT_EQ(answer.status, 403u);
  EXPECT_EQ(answer.header("Connection"), "close");
}

TEST_F(Uploads, ThatAreRefusedWhileTheClientSendsStillShowItTheAnswer) {
  application_.on_receive = [](const Request&, const std::stop_token&) -> Received {
    return text_reply("no", 409);
  };
  Client client(port());
  const std::string body = pattern(30'000'000);

  EXPECT_TRUE(client.send(put(body.size()) + body));

  EXPECT_EQ(client.read().body, "no");
  client.end_output();
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Uploads, ThatTheSinkRefusesStillShowTheClientTheAnswer) {
  Promise<bool> was_abandoned;
  application_.on_receive = [&](const Request&, const std::stop_token&) -> Received {
    auto sink = std::make_unique<FunctionSink>();
    sink->on_write = [](const Chunk&) { throw Error(ErrorCode::conflict, "no more"); };
    sink->on_abandon = [&](Reason) { was_abandoned.set(true); };
    return sink;
  };
  Client client(port());
  const std::string body = pattern(30'000'000);

  EXPECT_TRUE(client.send(put(body.size()) + body));
  const Answer answer = client.read();

  EXPECT_EQ(answer.status, 409u);
  EXPECT_EQ(answer.body, "no more");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_FALSE(was_abandoned.is_set());
}

TEST_F(Uploads, ThatTheSinkRefusesDuringAPauseAreAnsweredAtOnce) {
  application_.on_receive = [](const Request&, const std::stop_token&) -> Received {
    auto sink = std::make_unique<FunctionSink>();
    sink->on_write = [](const Chunk&) { throw Error(ErrorCode::conflict, "no more"); };
    return sink;
  };
  Client client(port());

  client.send(put(1000) + "some");

  EXPECT_EQ(client.read().status, 409u);
}

TEST_F(Uploads, ThatFailAtTheirEndLeaveTheConnectionUsable) {
  application_.on_receive = [](const Request&, const std::stop_token&) -> Received {
    auto sink = std::make_unique<FunctionSink>();
    sink->on_finish = []() -> Reply { throw Error(ErrorCode::conflict, "not good"); };
    return sink;
  };
  Client client(port());

  EXPECT_EQ(client.exchange(put(4) + "some").status, 409u);
  EXPECT_EQ(client.exchange(put(4) + "some").status, 409u);
  EXPECT_EQ(client.exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "GET /a ");
}

TEST_F(Uploads, WhoseClientLeavesAreAbandoned) {
  record_uploads();
  Client client(port());
  client.send(put(1000) + "some");
  ASSERT_TRUE(record_.wait([&] { return record_.data == "some"; }));

  client.close();

  EXPECT_TRUE(record_.wait([&] { return record_.is_gone; }));
  EXPECT_EQ(record_.abandoned, Reason::client_left);
  EXPECT_FALSE(record_.is_finished);
}

TEST_F(Uploads, WhoseClientBreaksOffAreAbandoned) {
  record_uploads();
  Client client(port());
  client.send(std::string(put_chunked) + "4\r\nsome\r\n");
  ASSERT_TRUE(record_.wait([&] { return record_.data == "some"; }));

  client.break_off();

  EXPECT_TRUE(record_.wait([&] { return record_.is_gone; }));
  EXPECT_EQ(record_.abandoned, Reason::client_left);
}

TEST_F(Uploads, WhoseClientLeavesStopTheSinkThatWaits) {
  Promise<bool> has_begun, was_stopped;
  Promise<Reason> abandoned;
  application_.on_receive = [&](const Request&, const std::stop_token& stop) -> Received {
    auto sink = std::make_unique<FunctionSink>();
    sink->on_write = [&, stop](const Chunk&) {
      has_begun.set(true);
      was_stopped.set(wait_for_stop(stop));
    };
    sink->on_abandon = [&](Reason reason) { abandoned.set(reason); };
    return sink;
  };
  Client client(port());
  client.send(put(1000) + "some");
  ASSERT_TRUE(has_begun.get());

  client.close();

  EXPECT_TRUE(was_stopped.get());
  EXPECT_EQ(abandoned.get(), Reason::client_left);
}

TEST_F(Uploads, ReceivedCompletelyAreFinishedAlthoughTheClientLeft) {
  Promise<bool> may_write;
  Promise<bool> was_stopped;
  application_.on_receive = [&](const Request&, const std::stop_token& stop) -> Received {
    auto sink = std::make_unique<FunctionSink>();
    sink->on_write = [&](const Chunk&) { may_write.get(); };
    sink->on_finish = [&, stop] {
      was_stopped.set(stop.stop_requested());
      return Reply();
    };
    return sink;
  };
  Client client(port());
  client.send(put(4) + "some");
  client.close();

  may_write.set(true);

  EXPECT_FALSE(was_stopped.get());
  EXPECT_TRUE(was_stopped.is_set());
}

TEST_F(Uploads, WithAMalformedChunkAreAbandonedAndRefused) {
  record_uploads();
  Client client(port());

  client.send(std::string(put_chunked) + "4\r\nsome\r\n");
  ASSERT_TRUE(record_.wait([&] { return record_.data == "some"; }));
  const Answer answer = client.exchange("nonsense\r\n");

  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(record_.abandoned, Reason::malformed);
  EXPECT_TRUE(record_.is_gone);
}

TEST_F(Uploads, ThatStopAreAbandonedAsTooSlow) {
  settings_.transfer_timeout = std::chrono::seconds(1);
  record_uploads();
  Client client(port());

  const Answer answer = client.exchange(put(1000) + "some");

  EXPECT_EQ(answer.status, 408u);
  EXPECT_EQ(record_.abandoned, Reason::too_slow);
}

TEST_F(Uploads, ThatTrickleAreAbandonedAsTooSlow) {
  settings_.transfer_timeout = std::chrono::seconds(1);
  settings_.min_body_rate = 1000;
  record_uploads();
  Client client(port());
  client.send(put(100'000));

  bool is_over = false;
  for (std::size_t sent = 1; !is_over && client.send("x"); ++sent) {
    record_.wait([&] {
      is_over = record_.is_gone;
      return is_over || record_.data.size() >= sent;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the pace is what is tested
  }

  ASSERT_TRUE(record_.wait([&] { return record_.is_gone; }));
  EXPECT_EQ(record_.abandoned, Reason::too_slow);
}

TEST_F(Uploads, ThatAreSlowButSteadySurvive) {
  settings_.transfer_timeout = std::chrono::seconds(1);
  settings_.min_body_rate = 64;
  record_uploads();
  Client client(port());
  constexpr std::size_t pieces = 30;
  client.send(put(pieces * 100));

  for (std::size_t i = 0; i < pieces; ++i) {
    client.send(std::string(100, 'x'));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the pace is what is tested
  }

  EXPECT_EQ(client.read().status, 201u);
}

TEST_F(Uploads, HoldNoBufferWhileTheClientPauses) {
  record_uploads();
  Client client(port());

  client.send(std::string(put_chunked) + "4\r\nsome\r\n5\r\n");
  ASSERT_TRUE(record_.wait([&] { return record_.data == "some"; }));

  const Deadline deadline = deadline_in(test_patience);
  while (buffers_.in_use() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(Uploads, WaitForABufferWithoutHoldingAThread) {
  record_uploads();
  std::vector<threads::Buffer> taken;
  while (auto buffer = buffers_.try_take()) taken.push_back(std::move(*buffer));
  Client uploading(port());
  Client other(port());

  uploading.send(put(4) + "some");
  EXPECT_EQ(other.exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "GET /a ");
  EXPECT_EQ(record_.data, "");
  taken.clear();

  EXPECT_EQ(uploading.read().status, 201u);
}

TEST_F(Uploads, WaitingForABufferEndWithTheServer) {
  record_uploads();
  std::vector<threads::Buffer> taken;
  while (auto buffer = buffers_.try_take()) taken.push_back(std::move(*buffer));
  Promise<bool> has_begun;
  application_.on_receive = [&](const Request&, const std::stop_token&) -> Received {
    has_begun.set(true);
    return std::make_unique<RecordingSink>(record_);
  };
  Client client(port());
  client.send(put(4) + "some");
  ASSERT_TRUE(has_begun.get());

  server_.reset();

  EXPECT_EQ(record_.abandoned, Reason::stopping);
  taken.clear();
  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(Uploads, UnderWayAreAbandonedWhenTheServerStops) {
  record_uploads();
  Client client(port());
  client.send(put(1000) + "some");
  ASSERT_TRUE(record_.wait([&] { return record_.data == "some"; }));

  server_.reset();

  EXPECT_EQ(record_.abandoned, Reason::stopping);
  EXPECT_TRUE(record_.is_gone);
}

}  // namespace
}  // namespace vitrine::http
