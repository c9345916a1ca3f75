#include <gmock/gmock.h>

#include <atomic>

#include "base/error.h"
#include "http/test_support.h"

namespace vitrine::http {
namespace {

constexpr std::string_view get = "GET /file HTTP/1.1\r\nHost: x\r\n\r\n";

/// Gives its parts one after the other; then ends, or fails.
class PartSource : public ByteSource {
 public:
  enum class Then { ends, fails };
  PartSource(std::vector<std::string> parts, Then then) : parts_(std::move(parts)), then_(then) {}

  Chunk read() override {
    if (next_ < parts_.size()) return chunk_of(parts_[next_++]);
    if (then_ == Then::fails) throw Error(ErrorCode::unavailable, "the store has gone");
    return {};
  }

 private:
  static Chunk chunk_of(std::string_view text) {
    std::shared_ptr<std::byte[]> memory(new std::byte[text.size()]);
    std::ranges::copy(bytes_of(text), memory.get());
    return {memory, text.size()};
  }

  std::vector<std::string> parts_;
  Then then_;
  std::size_t next_ = 0;
};

/// Never ends, and counts how often it is asked.
class EndlessSource : public ByteSource {
 public:
  explicit EndlessSource(std::atomic<int>& reads) : reads_(reads) {}
  Chunk read() override {
    ++reads_;
    return {std::shared_ptr<std::byte[]>(new std::byte[size]()), size};
  }

  static constexpr std::size_t size = 1 << 20;

 private:
  std::atomic<int>& reads_;
};

class Downloads : public ServerTest {
 protected:
  ~Downloads() override { server_.reset(); }

  /// Answers every GET with what `make` gives and keeps what became of it.
  void serve(std::function<Reply()> make) {
    application_.on_answer = [this, make = std::move(make)](const Request& request, const std::string&,
                                                            const std::stop_token&) {
      if (request.target == "/other") return text_reply("other");
      Reply reply = make();
      reply.done = [this](const Sent& sent) { done_.set(sent); };
      return reply;
    };
  }
  void serve_file(std::string text) {
    serve([text = std::move(text)] {
      Reply reply;
      reply.body = FileRange{file_with(text), 0, text.size()};
      return reply;
    });
  }
  void serve_parts(const std::vector<std::string>& parts, PartSource::Then then,
                   std::optional<std::uint64_t> size) {
    serve([=] {
      Reply reply;
      reply.body = std::make_unique<PartSource>(parts, then);
      reply.body_size = size;
      return reply;
    });
  }

  Promise<Sent> done_;
};

TEST_F(Downloads, OfAFileAreItsBytes) {
  const std::string text = pattern(20'000'000);
  serve_file(text);
  Client client(port());

  const Answer answer = client.exchange(get);

  EXPECT_TRUE(answer.body == text);
  EXPECT_EQ(done_.get().body_bytes, text.size());
  EXPECT_TRUE(done_.get().is_complete);
}

TEST_F(Downloads, OfAStretchOfAFileAreThatStretch) {
  serve([] {
    Reply reply;
    reply.status = 206;
    reply.body = FileRange{file_with("0123456789"), 3, 4};
    return reply;
  });
  Client client(port());

  const Answer answer = client.exchange(get);

  EXPECT_EQ(answer.status, 206u);
  EXPECT_EQ(answer.body, "3456");
}

TEST_F(Downloads, OfAnEmptyFileAreEmpty) {
  serve_file("");
  Client client(port());

  EXPECT_TRUE(client.exchange(get).is_complete);
  EXPECT_TRUE(done_.get().is_complete);
}

TEST_F(Downloads, AnsweredToHeadSendNoByte) {
  serve_file("0123456789");
  Client client(port());

  client.send("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(client.read(Client::HeadOnly::yes).header("Content-Length"), "10");
  EXPECT_EQ(done_.get().body_bytes, 0u);
  EXPECT_TRUE(done_.get().is_complete);
  EXPECT_EQ(client.exchange("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").body, "other");
}

TEST_F(Downloads, OfASourceOfKnownSizeHaveALength) {
  serve_parts({"one", "two", "three"}, PartSource::Then::ends, 11);
  Client client(port());

  const Answer answer = client.exchange(get);

  EXPECT_EQ(answer.header("Content-Length"), "11");
  EXPECT_EQ(answer.body, "onetwothree");
  EXPECT_EQ(done_.get().body_bytes, 11u);
  EXPECT_EQ(client.exchange("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").body, "other");
}

TEST_F(Downloads, OfASourceOfUnknownSizeAreChunked) {
  serve_parts({"one", std::string(20, 'x')}, PartSource::Then::ends, std::nullopt);
  Client client(port());

  client.send("GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const Answer answer = client.read();

  EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.body, "3\r\none\r\n14\r\nxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
}

TEST_F(Downloads, OfAnEmptySourceOfUnknownSizeAreOneLastChunk) {
  serve_parts({}, PartSource::Then::ends, std::nullopt);
  Client client(port());

  client.send("GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(client.read().body, "0\r\n\r\n");
}

TEST_F(Downloads, OfASourceOfUnknownSizeEndWithTheConnectionOfAnOldClient) {
  serve_parts({"one", "two"}, PartSource::Then::ends, std::nullopt);
  Client client(port());

  const Answer answer = client.exchange("GET /file HTTP/1.0\r\n\r\n");

  EXPECT_EQ(answer.header("Transfer-Encoding"), "");
  EXPECT_EQ(answer.body, "onetwo");
}

TEST_F(Downloads, WhoseSourceFailsMidwayAreCut) {
  serve_parts({"one", "two"}, PartSource::Then::fails, 100);
  Client client(port());

  const Answer answer = client.exchange(get);

  EXPECT_FALSE(answer.is_complete);
  EXPECT_FALSE(done_.get().is_complete);
}

TEST_F(Downloads, OfUnknownSizeWhoseSourceFailsMidwayEndWithAReset) {
  serve_parts({"one", "two"}, PartSource::Then::fails, std::nullopt);
  Client client(port());

  client.send("GET /file HTTP/1.0\r\n\r\n");

  EXPECT_FALSE(done_.get().is_complete);
  EXPECT_TRUE(client.sees_reset());  // an orderly end would look like a short but complete file
}

TEST_F(Downloads, WhoseSourceEndsEarlyAreCut) {
  serve_parts({"one", "two"}, PartSource::Then::ends, 100);
  Client client(port());

  EXPECT_FALSE(client.exchange(get).is_complete);
  EXPECT_FALSE(done_.get().is_complete);
}

TEST_F(Downloads, NeverSendMoreThanTheirLength) {
  serve_parts({"one", "two"}, PartSource::Then::ends, 3);
  Client client(port());

  client.exchange(get);

  EXPECT_FALSE(done_.get().is_complete);
  EXPECT_EQ(done_.get().body_bytes, 3u);
}

TEST_F(Downloads, OfAFileThatEndsEarlyAreCut) {
  serve([] {
    Reply reply;
    reply.body = FileRange{file_with("0123456789"), 0, 100};
    return reply;
  });
  Client client(port());

  EXPECT_FALSE(client.exchange(get).is_complete);
  EXPECT_FALSE(done_.get().is_complete);
}

/// Has the rest of a text, from wherever the file before it failed.
class RestOfText : public Fallback {
 public:
  explicit RestOfText(std::string text) : text_(std::move(text)) {}

  void resume(std::uint64_t sent, std::exception_ptr failure) override {
    if (text_.empty()) std::rethrow_exception(failure);
    text_.erase(0, sent);
  }

  Chunk read() override {
    const std::string part = text_.substr(0, 100'000);
    text_.erase(0, part.size());
    auto memory = std::make_shared<std::byte[]>(part.size());
    std::ranges::copy(bytes_of(part), memory.get());
    return {std::move(memory), part.size()};
  }

 private:
  std::string text_;
};

TEST_F(Downloads, OfAFileThatFailsGoOnFromTheFallback) {
  const std::string text = pattern(5'000'000);
  serve([&] {
    Reply reply;
    reply.body = FileRange{file_with(text.substr(0, 3'000'007)), 0, text.size()};
    reply.fallback = std::make_unique<RestOfText>(text);
    return reply;
  });
  Client client(port());

  EXPECT_TRUE(client.exchange(get).body == text);
  EXPECT_TRUE(done_.get().is_complete);
  EXPECT_EQ(done_.get().body_bytes, text.size());
  EXPECT_EQ(done_.get().file_bytes, 3'000'007u);
}

TEST_F(Downloads, OfAFileThatFailsAreCutWhenTheFallbackHasNothingEither) {
  serve([] {
    Reply reply;
    reply.body = FileRange{file_with("0123456789"), 0, 100};
    reply.fallback = std::make_unique<RestOfText>("");
    return reply;
  });
  Client client(port());

  EXPECT_FALSE(client.exchange(get).is_complete);
  EXPECT_FALSE(done_.get().is_complete);
}

TEST_F(Downloads, WhoseClientLeavesAreDoneIncompletely) {
  const std::string text = pattern(50'000'000);
  serve_file(text);
  Client client(port(), "127.0.0.1", 65536);
  client.send(get);
  client.receive(100);

  client.break_off();

  EXPECT_FALSE(done_.get().is_complete);
  EXPECT_LT(done_.get().body_bytes, text.size());
}

TEST_F(Downloads, WhoseClientReadsNothingAreCut) {
  settings_.transfer_timeout = std::chrono::seconds(1);
  const std::string text = pattern(50'000'000);
  serve_file(text);
  Client client(port(), "127.0.0.1", 65536);

  client.send(get);

  EXPECT_FALSE(done_.get().is_complete);
}

TEST_F(Downloads, WhoseClientReadsSlowlyButSteadilySurvive) {
  settings_.transfer_timeout = std::chrono::seconds(1);
  const std::string text = pattern(16'000'000);
  serve_file(text);
  Client client(port(), "127.0.0.1", 65536);
  client.send(get);

  std::size_t received = 0;
  const Deadline slow_until = deadline_in(std::chrono::seconds(3));
  while (std::chrono::steady_clock::now() < slow_until) {
    received += client.receive(1000).size();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the pace is what is tested
  }
  for (std::size_t count = 1; count > 0 && !done_.is_set(); received += count)
    count = client.receive(1 << 20).size();

  EXPECT_TRUE(done_.get().is_complete);
}

TEST_F(Downloads, ToSlowClientsHoldNoWorker) {
  const std::string text = pattern(50'000'000);
  serve_file(text);
  std::vector<std::unique_ptr<Client>> slow;
  for (std::size_t i = 0; i < 2 * pool_.size(); ++i) {
    slow.push_back(std::make_unique<Client>(port(), "127.0.0.1", 65536));
    slow.back()->send(get);
    EXPECT_FALSE(slow.back()->receive(1).empty());
  }
  Client client(port());

  EXPECT_EQ(client.exchange("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").body, "other");
}

TEST_F(Downloads, ReadTheirSourceOnlyAsFastAsTheClient) {
  std::atomic<int> reads = 0;
  serve([&] {
    Reply reply;
    reply.body = std::make_unique<EndlessSource>(reads);
    return reply;
  });
  Client client(port(), "127.0.0.1", 65536);
  client.send(get);
  while (reads < 2) std::this_thread::yield();

  int before = -1;
  while (before != reads) {  // until the sockets are full
    before = reads;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_LT(reads, 20);
  client.break_off();

  EXPECT_FALSE(done_.get().is_complete);
}

TEST_F(Downloads, UnderWayEndWithTheServer) {
  const std::string text = pattern(50'000'000);
  serve_file(text);
  Client client(port(), "127.0.0.1", 65536);
  client.send(get);
  client.receive(100);

  server_.reset();

  EXPECT_TRUE(done_.is_set());
  EXPECT_FALSE(done_.get().is_complete);
}

}  // namespace
}  // namespace vitrine::http
