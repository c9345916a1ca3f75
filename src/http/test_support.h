#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "http/application.h"
#include "http/server.h"
#include "threads/buffer_pool.h"
#include "threads/worker_pool.h"

/// What the tests of the server share: an application made of functions, and clients that speak HTTP byte by
/// byte.
namespace vitrine::http {

inline constexpr std::chrono::seconds test_patience{
    20};  ///< until a test gives up what should have come at once

/// A value that one thread waits for and another one sets.
template <class T>
class Promise {
 public:
  void set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    changed_.notify_all();
  }
  T get() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, test_patience, [this] { return value_.has_value(); })) {
      ADD_FAILURE() << "nothing came";
      return T();
    }
    return *value_;
  }
  bool is_set() const {
    const std::lock_guard lock(mutex_);
    return value_.has_value();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
};

using Received = std::variant<Reply, std::unique_ptr<BodySink>>;

/// PUT is streamed, everything else is text. Errors become a reply with the code's name as body.
class TestApplication : public Application {
 public:
  explicit TestApplication(threads::WorkerPool& pool) : pool_(pool) {}

  std::function<Reply(const Request&, const std::string&, const std::stop_token&)> on_answer;
  std::function<Received(const Request&, const std::stop_token&)> on_receive;

  Plan plan(const Request& request) noexcept override;
  Reply answer(const Request& request, std::string body, std::stop_token stop) noexcept override;
  Received receive(const Request& request, std::stop_token stop) noexcept override;
  Reply failure(const Request& request, std::exception_ptr error) noexcept override;

 private:
  threads::WorkerPool& pool_;
};

Reply text_reply(std::string text, unsigned status = 200);

/// What a RecordingSink was given.
struct Record {
  std::mutex mutex;
  std::condition_variable changed;
  std::string data;
  std::size_t chunks = 0;
  std::optional<Reason> abandoned;
  bool is_finished = false;
  bool is_gone = false;

  /// Waits until the condition, checked under the lock, holds.
  bool wait(const std::function<bool()>& condition);
};

/// Keeps what it is given and answers 201 with the number of bytes.
class RecordingSink : public BodySink {
 public:
  explicit RecordingSink(Record& record) : record_(record) {}
  ~RecordingSink() override;
  void write(Chunk chunk) override;
  Reply finish() override;
  void abandon(Reason reason) noexcept override;

 private:
  Record& record_;
};

struct Answer {
  std::string head;
  unsigned status = 0;
  std::string body;
  bool is_complete = false;  ///< the body came to its announced end

  std::string header(std::string_view name) const;
};

/// A blocking connection to the server. Failing to connect or waiting too long fails the test.
class Client {
 public:
  explicit Client(std::uint16_t port, const std::string& host = "127.0.0.1", int receive_buffer = 0);
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  int socket() const { return socket_; }
  /// Whether all could be sent.
  bool send(std::string_view text);
  /// One answer; with HeadOnly::yes it has no body whatever its head says.
  enum class HeadOnly { no, yes };
  Answer read(HeadOnly head_only = HeadOnly::no);
  Answer exchange(std::string_view text) {
    send(text);
    return read();
  }
  /// Whether the server closed in order, with nothing more to read.
  bool sees_end();
  /// Whether the connection ends with a reset, after whatever may still come.
  bool sees_reset();
  /// Whether something comes to read before the time is over.
  bool has_input_within(std::chrono::milliseconds time) const;
  /// Up to that many bytes; empty at the end or when the connection broke.
  std::string receive(std::size_t most);
  void end_output();
  void close();
  /// Closes with a reset.
  void break_off();

 private:
  bool fill();

  int socket_ = -1;
  std::string input_;
};

/// A server with a TestApplication on loopback. Settings are changed before start().
class ServerTest : public testing::Test {
 protected:
  ServerTest() { settings_.endpoints = {{.host = "127.0.0.1"}}; }
  ~ServerTest() override;

  void start() { server_ = std::make_unique<Server>(settings_, application_, buffers_); }
  std::uint16_t port() {
    if (!server_) start();
    return server_->ports().front();
  }

  /// Answers PUT with a sink that fills the record.
  void record_uploads();

  threads::WorkerPool pool_{"test", 4};
  threads::BufferPool buffers_{std::size_t{256} * 1024, 8};
  TestApplication application_{pool_};
  ServerSettings settings_;
  Record record_;
  std::unique_ptr<Server> server_;
};

/// A text in which no two stretches look alike.
std::string pattern(std::size_t size);

/// `text` in the chunked coding, in chunks of that size.
std::string chunked(std::string_view text, std::size_t chunk_size);

/// A temporary file without a name.
UniqueFd file_with(std::string_view text);

std::size_t open_files();

/// Blocks until a stop is requested; false if none is.
bool wait_for_stop(const std::stop_token& stop);

}  // namespace vitrine::http
