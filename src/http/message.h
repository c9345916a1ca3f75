#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "threads/worker_pool.h"

namespace vitrine::http {

/// Header fields in the order they came; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces every field of that name.
  void set(std::string_view name, std::string value);
  /// The first value of that name, or null.
  const std::string* find(std::string_view name) const;
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// A request's head. The body, if any, comes separately: as text or pushed into a BodySink.
struct Request {
  std::string method;  ///< as sent: "GET"
  std::string target;  ///< path and query as sent, undecoded
  unsigned version = 11;
  Headers headers;
  std::string client;      ///< address of the peer
  std::uint16_t port = 0;  ///< of ours that the peer connected to
  bool is_tls = false;
  bool has_body = false;                        ///< a length above zero, or chunked
  std::optional<std::uint64_t> content_length;  ///< empty: no body, or chunked

  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  /// Without the `?`; empty when there is none.
  std::string_view query() const;
};

/// What became of an answer.
struct Sent {
  std::uint64_t body_bytes = 0;
  std::uint64_t file_bytes = 0;  ///< those of them that came from a FileRange
  bool is_complete = false;
};

using Body = std::variant<std::string, FileRange, std::unique_ptr<ByteSource>>;

/// An answer. The server adds Date, Connection and, for text and files, Content-Length.
struct Reply {
  unsigned status = 200;
  Headers headers;
  Body body;
  /// Of a file: read on from when the file fails; the client notices nothing. May be null.
  std::unique_ptr<Fallback> fallback;
  /// Of a ByteSource, when it is known: sent as Content-Length. Without it the body is chunked.
  std::optional<std::uint64_t> body_size;
  /// Where a file or ByteSource is read; null: the pool that made the reply.
  threads::WorkerPool* body_pool = nullptr;
  /// Called once on a worker thread when the last byte went out or will not go out any more. May be empty.
  std::function<void(const Sent&)> done;
};

/// Why a body ended before its end.
enum class Reason { client_left, too_slow, malformed, stopping };

std::string_view to_string(Reason reason);

/// Takes a request's body as it arrives. The calls come one after the other, on worker threads.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// A thrown Error ends the body: its answer goes out and the rest of the input is discarded.
  virtual void write(Chunk chunk) = 0;
  /// The body is complete, as long as Content-Length or the last chunk said.
  virtual Reply finish() = 0;
  /// Nothing more will come: undo. If the client is still there, Application::failure() answers it
  /// afterwards.
  virtual void abandon(Reason reason) noexcept = 0;
};

}  // namespace vitrine::http
