#include <gmock/gmock.h>
#include <sys/resource.h>

#include <list>

#include "base/error.h"
#include "http/test_support.h"

namespace vitrine::http {
namespace {

using testing::HasSubstr;

constexpr std::string_view get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

class Lifecycle : public ServerTest {
 protected:
  ~Lifecycle() override {
    may_end_.set(true);
    server_.reset();
  }

  /// Requests begin, and wait until may_end_ is set.
  void hold_requests() {
    application_.on_answer = [this](const Request&, const std::string&, const std::stop_token&) {
      has_begun_.set(true);
      may_end_.get();
      return text_reply("late");
    };
  }

  Promise<bool> has_begun_;
  Promise<bool> may_end_;
};

TEST_F(Lifecycle, DrainingClosesIdleConnections) {
  Client used(port());
  used.exchange(get_a);

  EXPECT_TRUE(server_->drain(deadline_in(test_patience)));

  EXPECT_TRUE(used.sees_end());
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(Lifecycle, DrainingLetsRequestsEndAndThenCloses) {
  hold_requests();
  Client client(port());
  client.send(get_a);
  ASSERT_TRUE(has_begun_.get());

  Promise<bool> drained;
  std::thread draining([&] { drained.set(server_->drain(deadline_in(test_patience))); });
  may_end_.set(true);
  const Answer answer = client.read();
  draining.join();

  EXPECT_EQ(answer.body, "late");
  EXPECT_TRUE(drained.get());
}

TEST_F(Lifecycle, DrainingLetsUploadsEnd) {
  record_uploads();
  Client client(port());
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nsome");
  ASSERT_TRUE(record_.wait([&] { return record_.data == "some"; }));

  EXPECT_FALSE(server_->drain(deadline_in(std::chrono::milliseconds(50))));
  client.send("more");
  const Answer answer = client.read();

  EXPECT_EQ(answer.status, 201u);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(server_->drain(deadline_in(test_patience)));
}

TEST_F(Lifecycle, DrainingGivesUpAtTheDeadline) {
  hold_requests();
  Client client(port());
  client.send(get_a);
  ASSERT_TRUE(has_begun_.get());

  EXPECT_FALSE(server_->drain(deadline_in(std::chrono::milliseconds(50))));
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(Lifecycle, DrainingRefusesNewConnections) {
  start();
  const std::uint16_t port = server_->ports().front();
  server_->drain(deadline_in(test_patience));

  settings_.endpoints = {{.host = "127.0.0.1", .port = port}};
  EXPECT_NO_THROW(Server(settings_, application_, buffers_));
}

TEST_F(Lifecycle, TheEndStopsRequestsUnderWay) {
  Promise<bool> was_stopped;
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token& stop) {
    has_begun_.set(true);
    was_stopped.set(wait_for_stop(stop));
    return Reply();
  };
  Client client(port());
  client.send(get_a);
  ASSERT_TRUE(has_begun_.get());

  server_.reset();

  EXPECT_TRUE(was_stopped.get());
}

TEST_F(Lifecycle, ARequestThatCouldNotBeAnsweredIsDoneNevertheless) {
  Promise<Sent> done;
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token& stop) {
    has_begun_.set(true);
    wait_for_stop(stop);
    Reply reply = text_reply("late");
    reply.done = [&](const Sent& sent) { done.set(sent); };
    return reply;
  };
  Client client(port());
  client.send(get_a);
  ASSERT_TRUE(has_begun_.get());

  server_.reset();

  ASSERT_TRUE(done.is_set());
  EXPECT_FALSE(done.get().is_complete);
}

TEST_F(Lifecycle, ManyIdleAndHalfReadConnectionsEndWithTheServer) {
  settings_.io_threads = 2;
  const std::size_t files = open_files();
  std::list<Client> clients;
  for (int i = 0; i < 50; ++i) clients.emplace_back(port());
  for (Client& client : clients) client.send("GET / HTTP");

  server_.reset();

  clients.clear();
  EXPECT_EQ(open_files(), files);
}

TEST_F(Lifecycle, NoFileStaysOpenAfterAnyKindOfRequest) {
  const std::string text = pattern(3'000'000);
  record_uploads();
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token&) {
    Reply reply;
    reply.body = FileRange{file_with(text), 0, text.size()};
    return reply;
  };
  const std::size_t files = open_files();
  for (int i = 0; i < 5; ++i) {
    Client complete(port());
    complete.exchange(get_a);
    Client leaving(port(), "127.0.0.1", 4096);
    leaving.send(get_a);
    leaving.receive(10);
    leaving.break_off();
    Client uploading(port());
    uploading.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nsome");
    Client malformed(port());
    malformed.exchange("nonsense\r\n\r\n");
  }

  server_.reset();

  EXPECT_EQ(open_files(), files);
}

TEST_F(Lifecycle, RunningOutOfFilesDelaysConnectionsAndNoMore) {
  start();
  const int lowest_free = ::dup(0);
  ::close(lowest_free);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit exhausted{.rlim_cur = static_cast<rlim_t>(lowest_free) + 1, .rlim_max = limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &exhausted);  // the client's socket is the last one
  Client client(server_->ports().front());

  client.send(get_a);
  const bool was_served = client.has_input_within(std::chrono::milliseconds(50));
  ::setrlimit(RLIMIT_NOFILE, &limit);

  EXPECT_FALSE(was_served);
  EXPECT_EQ(client.read().body, "GET /a ");
}

TEST_F(Lifecycle, AnEndpointInUseIsAConfigurationError) {
  start();
  settings_.endpoints = {{.host = "127.0.0.1", .port = server_->ports().front()}};

  try {
    Server second(settings_, application_, buffers_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), HasSubstr("127.0.0.1 port " + std::to_string(server_->ports().front())));
  }
}

TEST_F(Lifecycle, AnUnknownHostIsAConfigurationError) {
  settings_.endpoints = {{.host = "no such host"}};

  EXPECT_THROW(Server(settings_, application_, buffers_), Error);
}

}  // namespace
}  // namespace vitrine::http
