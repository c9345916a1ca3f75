#include "http/server.h"

#include <gmock/gmock.h>

#include <list>

#include "base/error.h"
#include "http/test_support.h"

namespace vitrine::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Requests = ServerTest;

TEST_F(Requests, AreAnswered) {
  Client client(port());

  const Answer answer = client.exchange("GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.body, "GET /a?b=1 ");
  EXPECT_THAT(answer.head, Not(HasSubstr("Connection")));
}

TEST_F(Requests, FollowOneAnotherOnAConnection) {
  Client client(port());

  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.exchange(fmt::format("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", i)).body,
              fmt::format("GET /{} ", i));
  }
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(Requests, MayComeInOnePacket) {
  Client client(port());

  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n0\r\n\r\n"
      "GET /4 HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(client.read().body, "GET /1 ");
  EXPECT_EQ(client.read().body, "POST /2 abc");
  EXPECT_EQ(client.read().body, "POST /3 d");
  EXPECT_EQ(client.read().body, "GET /4 ");
}

TEST_F(Requests, InALongRowAreAnsweredInOrder) {
  const std::string body = pattern(5000);
  std::string row;
  for (int i = 0; i < 40; ++i) {
    row += fmt::format("POST /{} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", i);
    row += chunked(body, 999);
  }
  Client client(port());

  client.send(row);

  for (int i = 0; i < 40; ++i) EXPECT_EQ(client.read().body, fmt::format("POST /{} ", i) + body);
}

TEST_F(Requests, MayComeByteByByte) {
  Client client(port());

  for (const char c : std::string_view("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")) {
    client.send({&c, 1});
  }

  EXPECT_EQ(client.read().body, "POST / abc");
}

TEST_F(Requests, AreAnsweredAlthoughTheClientClosedItsSide) {
  Client client(port());

  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.end_output();

  EXPECT_EQ(client.read().body, "GET /1 ");
  EXPECT_EQ(client.read().body, "GET /2 ");
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, SayWhoIsCalling) {
  Promise<std::string> caller;
  application_.on_answer = [&](const Request& request, const std::string&, const std::stop_token&) {
    caller.set(request.client + (request.is_tls ? " tls" : " plain"));
    return Reply();
  };
  Client client(port());

  client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(caller.get(), "127.0.0.1 plain");
}

TEST_F(Requests, WithHeadGetTheLengthAndNoBody) {
  Client client(port());

  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const Answer answer = client.read(Client::HeadOnly::yes);

  EXPECT_EQ(answer.header("Content-Length"), "8");
  EXPECT_EQ(client.exchange("GET /b HTTP/1.1\r\nHost: x\r\n\r\n").body, "GET /b ");
}

TEST_F(Requests, WithBodiesInChunksOfAnySizeAreRead) {
  const std::string body = pattern(3000);
  Client client(port());

  for (const std::size_t size : {1, 2, 3, 7, 64, 1000, 2999, 3000, 5000}) {
    const Answer answer = client.exchange("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                          chunked(body, size));
    EXPECT_EQ(answer.body, "POST / " + body) << size;
  }
}

TEST_F(Requests, WithALargeTextBodyAreRead) {
  const std::string body = pattern(5'000'000);
  Client client(port());

  const Answer answer = client.exchange(
      fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.size()) + body);

  EXPECT_TRUE(answer.body == "POST / " + body);
}

TEST_F(Requests, ThatExpectContinueGetItBeforeTheTextIsRead) {
  Client client(port());

  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 100u);
  client.send("abc");

  EXPECT_EQ(client.read().body, "POST / abc");
}

TEST_F(Requests, WithTooMuchTextAreRefusedBeforeItIsSent) {
  settings_.max_text_body = 1000;
  Client client(port());

  const Answer answer =
      client.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");

  EXPECT_EQ(answer.status, 413u);
  EXPECT_EQ(answer.header("Connection"), "close");
}

TEST_F(Requests, WithTooMuchTextInChunksAreRefusedAndTheClientCanReadIt) {
  settings_.max_text_body = 1000;
  Client client(port());

  EXPECT_TRUE(client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
  client.send(chunked(pattern(8'000'000), 100'000));

  EXPECT_EQ(client.read().status, 413u);
  client.end_output();
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, AtTheTextLimitAreAnswered) {
  settings_.max_text_body = 1000;
  const std::string body = pattern(1000);
  Client client(port());

  const Answer answer = client.exchange("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                        chunked(body, 300));

  EXPECT_EQ(answer.body, "POST / " + body);
}

TEST_F(Requests, ThatAreMalformedAreRefusedAndTheConnectionClosed) {
  for (const std::string_view text : {
           "NONSENSE\r\n\r\n",
           "GET / HTTP/3.0\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n",
           "GET / HTTP/1.1\nHost: x\n\n",
           "\x16\x03\x01",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
       }) {
    Client client(port());
    const Answer answer = client.exchange(text);
    EXPECT_EQ(answer.status, 400u) << text;
    EXPECT_EQ(answer.header("Connection"), "close") << text;
    EXPECT_TRUE(client.sees_end()) << text;
  }
}

TEST_F(Requests, WithAnUnknownTransferCodingAreNotImplemented) {
  Client client(port());

  EXPECT_EQ(client.exchange("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").status,
            501u);
}

TEST_F(Requests, WithTooLargeHeadersAreRefusedWithTheirTargetKnown) {
  settings_.max_header_size = 2000;
  Client client(port());

  const Answer answer = client.exchange("GET /a HTTP/1.1\r\nHost: x\r\nName: " + std::string(3000, 'x'));

  EXPECT_EQ(answer.status, 431u);
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, OfOldClientsCloseTheConnection) {
  Client client(port());

  const Answer answer = client.exchange("GET /a HTTP/1.0\r\n\r\n");

  EXPECT_EQ(answer.body, "GET /a ");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, MayAskToClose) {
  Client client(port());

  EXPECT_EQ(client.exchange("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").header("Connection"),
            "close");
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, AreAloneOnTheirConnectionWithoutKeepAlive) {
  settings_.keep_alive = false;
  Client client(port());

  EXPECT_EQ(client.exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").header("Connection"), "close");
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, ForLargeJsonMayBeAnsweredCompressed) {
  application_.on_answer = [](const Request&, const std::string&, const std::stop_token&) {
    Reply reply = text_reply(std::string(20000, 'j'));
    reply.headers.add("Content-Type", "application/json");
    return reply;
  };
  Client client(port());

  const Answer packed = client.exchange("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  const Answer plain = client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 1000u);
  EXPECT_THAT(packed.body, StartsWith("\x1f\x8b"));
  EXPECT_EQ(plain.body.size(), 20000u);
}

TEST_F(Requests, WhoseHeadersComeTooSlowlyAreStopped) {
  settings_.header_timeout = std::chrono::seconds(1);
  Client client(port());

  client.send("GET / HTTP/1.1\r\nHost");

  EXPECT_EQ(client.read().status, 408u);
  client.end_output();
  EXPECT_TRUE(client.sees_end());
}

TEST_F(Requests, WhoseTextComesTooSlowlyAreStopped) {
  settings_.transfer_timeout = std::chrono::seconds(1);
  Client client(port());

  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");

  EXPECT_EQ(client.read().status, 408u);
}

TEST_F(Requests, ThatNeverComeEndTheConnectionSilently) {
  settings_.idle_timeout = std::chrono::seconds(1);
  Client fresh(port());
  Client used(port());
  used.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_TRUE(fresh.sees_end());
  EXPECT_TRUE(used.sees_end());
}

TEST_F(Requests, AreToldWhenTheClientHangsUp) {
  Promise<bool> has_begun, was_stopped;
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token& stop) {
    has_begun.set(true);
    was_stopped.set(wait_for_stop(stop));
    return Reply();
  };
  Client client(port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(has_begun.get());

  client.close();

  EXPECT_TRUE(was_stopped.get());
}

TEST_F(Requests, AreDoneAfterTheReplyWasSent) {
  Promise<Sent> done;
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token&) {
    Reply reply = text_reply("12345");
    reply.done = [&](const Sent& sent) { done.set(sent); };
    return reply;
  };
  Client client(port());

  client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(done.get().body_bytes, 5u);
  EXPECT_TRUE(done.get().is_complete);
}

TEST_F(Requests, OfManyClientsAreServedSideBySide) {
  settings_.io_threads = 2;
  std::list<Client> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(port());

  for (Client& client : clients) client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  for (Client& client : clients) EXPECT_EQ(client.read().body, "GET /a ");

  EXPECT_EQ(server_->connections(), 200u);
}

TEST_F(Requests, ComeOverIpv6) {
  settings_.endpoints = {{.host = "127.0.0.1"}, {.host = "::1"}};
  start();
  Client client(server_->ports().at(1), "::1");

  EXPECT_EQ(client.exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "GET /a ");
}

TEST_F(Requests, OverIpv4ToTheIpv6WildcardHaveAnIpv4Address) {
  settings_.endpoints = {{.host = "::"}};
  application_.on_answer = [](const Request& request, const std::string&, const std::stop_token&) {
    return text_reply(request.client);
  };
  Client client(port());

  EXPECT_EQ(client.exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, "127.0.0.1");
}

TEST_F(Requests, KnowThePortTheyCameTo) {
  application_.on_answer = [](const Request& request, const std::string&, const std::stop_token&) {
    return text_reply(std::to_string(request.port));
  };
  Client client(port());

  EXPECT_EQ(client.exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").body, std::to_string(port()));
}

}  // namespace
}  // namespace vitrine::http
