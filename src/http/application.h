#pragma once

#include <exception>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>

#include "http/message.h"

namespace vitrine::http {

/// What the server needs to know of a request before anything is done for it.
struct Plan {
  enum class BodyMode {
    text,    ///< gathered, up to the JSON limit, and given to answer()
    stream,  ///< receive() is asked for a sink
  };
  threads::WorkerPool* pool = nullptr;  ///< where answer() and receive() run
  BodyMode body = BodyMode::text;
};

/// What the server serves. One object for all connections: every function may run on several threads at once.
class Application {
 public:
  virtual ~Application() = default;

  /// On an I/O thread, so it must be quick and never wait. Called for malformed requests too: `request` then
  /// holds as much as was understood, and failure() comes next.
  virtual Plan plan(const Request& request) noexcept = 0;

  /// On the plan's pool, for bodies in text mode. `stop` is requested when the client hangs up or the server
  /// ends. Never throws: errors become replies.
  virtual Reply answer(const Request& request, std::string body, std::stop_token stop) noexcept = 0;

  /// On the plan's pool, for bodies in stream mode. A sink makes the server send 100-continue if the client
  /// waits for it, a reply is final. The request outlives the sink.
  virtual std::variant<Reply, std::unique_ptr<BodySink>> receive(const Request& request,
                                                                 std::stop_token stop) noexcept = 0;

  /// On the plan's pool: the reply for what a BodySink threw, and for what the server itself refuses
  /// (malformed, too large, too slow).
  virtual Reply failure(const Request& request, std::exception_ptr error) noexcept = 0;
};

}  // namespace vitrine::http
