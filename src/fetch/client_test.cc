#include "fetch/client.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

namespace vitrine::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::OriginServer;
using tests::Page;

class ClientTest : public ::testing::Test {
 protected:
  Request request_for(std::string_view path) const { return {.uri = parse_uri(origin_.url(path))}; }
  std::string get(Client& client, std::string_view path) const {
    return read_all(*client.send(request_for(path)));
  }

  OriginServer origin_;
  Client client_{{}};
};

// Asking

TEST_F(ClientTest, GetsAnAnswer) {
  origin_.put("/page",
              {.status = 201, .content = "content", .headers = "X-One: 1\r\nx-two:  two words \r\n"});

  const auto response = client_.send(request_for("/page"));

  EXPECT_EQ(response->status(), 201u);
  EXPECT_EQ(response->header("x-one"), "1");
  EXPECT_EQ(response->header("X-Two"), "two words");
  EXPECT_EQ(response->header("X-Three"), std::nullopt);
  EXPECT_EQ(response->content_length(), 7u);
  EXPECT_EQ(response->peer_class(), AddressClass::local);
  EXPECT_EQ(read_all(*response), "content");
}

TEST_F(ClientTest, GivesBackAnyStatus) {
  EXPECT_EQ(client_.send(request_for("/nothing"))->status(), 404u);
  origin_.put("/moved", {.status = 301, .headers = "Location: /page\r\n"});
  EXPECT_EQ(client_.send(request_for("/moved"))->status(), 301u);
  EXPECT_EQ(origin_.requests().size(), 2u);
}

TEST_F(ClientTest, AsksForTheTargetAsItStandsInTheUri) {
  client_.send(request_for("/a/../b//%2e?x=1&y=%20"));

  EXPECT_EQ(origin_.requests().at(0).target, "/a/../b//%2e?x=1&y=%20");
}

TEST_F(ClientTest, AsksForTheHeadAlone) {
  origin_.put("/page", {.content = "content"});
  Request request = request_for("/page");
  request.method = Method::head;

  const auto response = client_.send(request);

  EXPECT_EQ(origin_.requests().at(0).method, "HEAD");
  EXPECT_EQ(response->content_length(), 7u);
  EXPECT_EQ(read_all(*response), "");
}

TEST_F(ClientTest, AsksForARange) {
  origin_.put("/page", {.content = "0123456789"});
  Request request = request_for("/page");
  const auto get_range = [&](ByteRange range) {
    request.range = range;
    return read_all(*client_.send(request));
  };

  EXPECT_EQ(get_range({2, 3}), "234");
  EXPECT_EQ(get_range({8, {}}), "89");
  EXPECT_EQ(get_range({8, UINT64_MAX}), "89");
  EXPECT_EQ(origin_.requests().at(0).header("Range"), "bytes=2-4");
  EXPECT_EQ(origin_.requests().at(1).header("Range"), "bytes=8-");
}

TEST_F(ClientTest, SaysWhoItIsAndAcceptsNoCodings) {
  client_.send(request_for("/page"));

  const tests::SeenRequest request = origin_.requests().at(0);
  EXPECT_EQ(request.header("User-Agent"), "Vitrine");
  EXPECT_EQ(request.header("Accept-Encoding"), "identity");
  EXPECT_EQ(request.header("Range"), "");
  EXPECT_EQ(request.header("Authorization"), "");
}

TEST_F(ClientTest, SendsCredentialsInAHeader) {
  Request request = request_for("/page");
  request.uri.credentials = {"user", "pass"};

  client_.send(request);

  EXPECT_EQ(origin_.requests().at(0).header("Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_THAT(origin_.requests().at(0).header("Host"), Not(HasSubstr("user")));
}

TEST_F(ClientTest, PostsABody) {
  origin_.put("/page", {.status = 201, .content = "made"});
  Request request = request_for("/page");
  request.method = Method::post;

  for (const std::string& body : {std::string("{\"a\": 1}"), std::string(), varied_content(3'000'000)}) {
    request.body = body;
    const auto response = client_.send(request);

    EXPECT_EQ(response->status(), 201u);
    EXPECT_EQ(read_all(*response), "made");
    const tests::SeenRequest seen = origin_.requests().back();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_TRUE(seen.body == body) << body.size();
    EXPECT_EQ(seen.header("Expect"), "");
    EXPECT_EQ(seen.header("Content-Type"), "");
  }
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(ClientTest, AsksForARemoval) {
  origin_.put("/page", {.status = 204});
  Request request = request_for("/page");
  request.method = Method::remove;

  EXPECT_EQ(client_.send(request)->status(), 204u);
  EXPECT_EQ(origin_.requests().at(0).method, "DELETE");
}

TEST_F(ClientTest, SendsHeadersWithThisRequestAndNoOther) {
  Request request = request_for("/page");
  request.headers = {{"X-One", "first value"}, {"Content-Type", "text/plain"}, {"X-Empty", ""}};

  read_all(*client_.send(request));
  read_all(*client_.send(request_for("/page")));

  const tests::SeenRequest seen = origin_.requests().at(0);
  EXPECT_EQ(seen.header("X-One"), "first value");
  EXPECT_EQ(seen.header("Content-Type"), "text/plain");
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Empty:"));
  EXPECT_EQ(origin_.requests().at(1).header("X-One"), "");
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(ClientTest, SendsNoHeaderThatBreaksItsLine) {
  Request request = request_for("/page");

  for (const std::string value : {"a\r\nX-Two: b", "a\nb", "a\rb"}) {
    request.headers = {{"X-One", value}};
    EXPECT_EQ(failure_of([&] { client_.send(request); }).code, ErrorCode::invalid) << value;
  }
  request.headers = {{"X-One", std::string("a\0b", 3)}};
  EXPECT_EQ(failure_of([&] { client_.send(request); }).code, ErrorCode::invalid);
  EXPECT_TRUE(origin_.requests().empty());
}

// Bodies

TEST_F(ClientTest, ReadsBodiesHoweverTheyAreFramed) {
  const std::string content = varied_content(2'000'017);

  for (const auto framing : {Page::Framing::length, Page::Framing::chunked, Page::Framing::until_close}) {
    origin_.put("/page", {.content = content, .framing = framing});
    for (const std::size_t step : {1'000, 16'384, 300'000, 5'000'000}) {
      EXPECT_TRUE(read_all(*client_.send(request_for("/page")), step) == content) << step;
    }
  }
}

TEST_F(ClientTest, KnowsTheLengthOnlyOfABodyThatAnnouncesOne) {
  origin_.put("/chunked", {.content = "content", .framing = Page::Framing::chunked});
  origin_.put("/until-close", {.content = "content", .framing = Page::Framing::until_close});

  EXPECT_EQ(client_.send(request_for("/chunked"))->content_length(), std::nullopt);
  EXPECT_EQ(client_.send(request_for("/until-close"))->content_length(), std::nullopt);
}

TEST_F(ClientTest, FillsTheSpaceOfAReadAsFarAsThereIsData) {
  origin_.put("/page", {.content = varied_content(300'000), .framing = Page::Framing::chunked});
  const auto response = client_.send(request_for("/page"));
  std::vector<std::byte> space(200'000);

  EXPECT_EQ(response->read(space), 200'000u);
  EXPECT_EQ(response->read(space), 100'000u);
  EXPECT_EQ(response->read(space), 0u);
  EXPECT_EQ(response->read(space), 0u);
}

TEST_F(ClientTest, ReadsAnEmptyBody) {
  origin_.put("/page", {});

  const auto response = client_.send(request_for("/page"));

  EXPECT_EQ(response->content_length(), 0u);
  EXPECT_EQ(read_all(*response), "");
}

TEST_F(ClientTest, FailsWhereABodyIsCutShort) {
  const std::string content = varied_content(200'000);

  for (const auto framing : {Page::Framing::length, Page::Framing::chunked}) {
    for (const std::size_t after : {0, 1, 100'000, 199'999}) {
      origin_.put("/page",
                  {.content = content, .framing = framing, .fault = Page::Fault::cut, .fault_after = after});
      const auto response = client_.send(request_for("/page"));

      EXPECT_EQ(failure_of([&] { read_all(*response); }).code, ErrorCode::unavailable) << after;
      EXPECT_EQ(failure_of([&] { read_all(*response); }).code, ErrorCode::unavailable) << "asked again";
    }
  }
}

TEST_F(ClientTest, IgnoresHeadsThatComeBeforeTheAnswer) {
  origin_.put("/page", {.verbatim = "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n"
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"});

  const auto response = client_.send(request_for("/page"));

  EXPECT_EQ(response->status(), 200u);
  EXPECT_EQ(response->header("X-Early"), std::nullopt);
  EXPECT_EQ(read_all(*response), "ok");
}

// Connections

TEST_F(ClientTest, UsesAConnectionAgain) {
  origin_.put("/page", {.content = varied_content(500'000)});
  origin_.put("/chunked", {.content = varied_content(500'000), .framing = Page::Framing::chunked});

  for (int i = 0; i < 3; ++i) {
    get(client_, "/page");
    get(client_, "/chunked");
    get(client_, "/nothing");
  }

  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(ClientTest, KeepsAConnectionWhoseBodyWasReadToTheLastByteAndNoFurther) {
  origin_.put("/page", {.content = varied_content(500'000)});
  std::vector<std::byte> space(100'000);

  for (int i = 0; i < 3; ++i) {
    const auto response = client_.send(request_for("/page"));
    for (int part = 0; part < 5; ++part) response->read(space);
  }

  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(ClientTest, ClosesAConnectionWhoseBodyNobodyReads) {
  origin_.put("/page", {.content = varied_content(20'000'000)});

  client_.send(request_for("/page")).reset();
  const auto response = client_.send(request_for("/page"));

  EXPECT_EQ(response->status(), 200u);
  EXPECT_EQ(origin_.connections(), 2u);
}

TEST_F(ClientTest, AsksAnewWhenAKeptConnectionHasBeenClosed) {
  // Says nothing of closing, and closes.
  origin_.put("/page", {.verbatim = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"});

  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(client_, "/page"), "ok");
}

TEST_F(ClientTest, PostsAnewWhenAKeptConnectionHasBeenClosed) {
  origin_.put("/page", {.verbatim = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"});
  Request request = request_for("/page");
  request.method = Method::post;
  request.body = "body";

  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read_all(*client_.send(request)), "ok");
    EXPECT_EQ(origin_.requests().back().body, "body");
  }
}

TEST_F(ClientTest, ServesManyThreadsAtOnce) {
  const std::string content = varied_content(300'000);
  origin_.put("/page", {.content = content});
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 5; ++round) right += get(client_, "/page") == content;
      });
    }
  }

  EXPECT_EQ(right, 40);
  EXPECT_LE(origin_.connections(), 8u);
}

TEST_F(ClientTest, KeepsConnectionsOfManyServersWithoutEnd) {
  std::vector<std::unique_ptr<OriginServer>> servers;
  for (int i = 0; i < 20; ++i) {
    servers.push_back(std::make_unique<OriginServer>());
    servers.back()->put("/page", {.content = "content"});
    read_all(*client_.send({.uri = parse_uri(servers.back()->url("/page"))}));
  }

  for (const auto& server : servers) read_all(*client_.send({.uri = parse_uri(server->url("/page"))}));

  unsigned opened = 0;
  for (const auto& server : servers) opened += server->connections();
  EXPECT_GT(opened, 20u);  // the longest idle ones were closed
}

// What fails

TEST_F(ClientTest, IsRefusedAConnection) {
  const std::string url = std::make_unique<OriginServer>()->url("/secret-path");
  Request request{.uri = parse_uri(url)};
  request.uri.credentials = {"secret-user", "secret-password"};
  request.headers = {{"X-Auth-Token", "secret-token"}};
  request.method = Method::post;
  request.body = "secret-body";

  const Failure failure = failure_of([&] { client_.send(request); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, HasSubstr(origin_of(request.uri)));
  EXPECT_THAT(failure.message, Not(HasSubstr("secret")));
}

TEST_F(ClientTest, FindsNoServerOfThatName) {
  const Failure failure = failure_of([&] { client_.send({.uri = parse_uri("http://nowhere.invalid/")}); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("nowhere.invalid"));
}

TEST_F(ClientTest, UnderstandsNothingButHttp) {
  for (const std::string answer : {"", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1", "HTTP/1.1 200 OK\r\n"}) {
    origin_.put("/page", {.verbatim = answer});

    EXPECT_EQ(failure_of([&] { client_.send(request_for("/page")); }).code, ErrorCode::unavailable) << answer;
  }
}

TEST_F(ClientTest, RefusesAHeadWithoutEnd) {
  origin_.put("/page", {.content = "content", .headers = "X-Long: " + std::string(70'000, 'x') + "\r\n"});

  const Failure failure = failure_of([&] { client_.send(request_for("/page")); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("a head of more than 65536 bytes"));
}

TEST_F(ClientTest, SpeaksNoOtherProtocols) {
  for (const std::string_view uri :
       {"file://localhost/etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"}) {
    EXPECT_EQ(failure_of([&] { client_.send({.uri = parse_uri(uri)}); }).code, ErrorCode::unavailable) << uri;
  }
}

}  // namespace
}  // namespace vitrine::fetch
