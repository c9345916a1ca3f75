#include "http/upload.h"

#include "base/error.h"
#include "http/gzip.h"

namespace vitrine::http {

Upload::Upload(const Request& request, Connection& connection, BodyReader& body, threads::BufferPool& buffers,
               threads::WorkerPool& pool, std::unique_ptr<BodySink> sink, std::stop_source& stop)
    : request_(request),
      connection_(connection),
      body_(body),
      buffers_(buffers),
      pool_(pool),
      sink_(std::move(sink)),
      stop_(stop),
      // A sink that fails while the client pauses must not wait for the client's next byte.
      job_(connection.executor(), [this] {
        if (is_pumping_ && job_.has_failed()) connection_.interrupt();
      }) {}

Async<void> Upload::run(Reply& reply) {
  std::exception_ptr error;
  is_pumping_ = true;
  try {
    co_await pump();
  } catch (...) {
    error = std::current_exception();
  }
  is_pumping_ = false;
  connection_.resume();
  co_await settle(error);

  Work finish = [&] {
    const std::unique_ptr<BodySink> sink = std::move(sink_);
    reply = sink->finish();
    compress(request_, reply);
  };
  co_await job_.run(pool_, finish);
}

Async<void> Upload::pump() {
  while (!body_.is_done() && !job_.has_failed()) {
    co_await body_.ready();
    threads::Buffer buffer = co_await connection_.take_buffer(buffers_);
    const MutableBytes space = buffer.space();
    const std::size_t size = co_await body_.fill(space);
    co_await job_.wait();
    if (size == 0 || job_.has_failed()) continue;
    travelling_ = buffer.freeze(size);
    job_.start(pool_, write_);
  }
  co_await job_.wait();
}

/// Throws, with the sink gone, if the body did not come to its end or the sink refused it.
Async<void> Upload::settle(std::exception_ptr error) {
  const bool was_refused = job_.has_failed();
  if (error && !was_refused) stop_.request_stop();  // whatever the sink waits for, nobody needs it any more
  co_await job_.wait();
  const std::exception_ptr refusal = job_.take_error();
  if (!refusal && !error) co_return;

  // Found out here: the connection belongs to this thread.
  const Reason why = error ? reason(error) : Reason::stopping;
  Work end = [&] {
    const std::unique_ptr<BodySink> sink = std::move(sink_);
    travelling_ = Chunk();
    if (!refusal) sink->abandon(why);
  };
  co_await job_.run(pool_, end);
  const bool is_sinks = was_refused || !error;
  std::rethrow_exception(is_sinks ? refusal : error);
}

Reason Upload::reason(const std::exception_ptr& error) const {
  if (connection_.is_stopped()) return Reason::stopping;
  try {
    std::rethrow_exception(error);
  } catch (const Error& problem) {
    if (problem.code() == ErrorCode::request_timeout) return Reason::too_slow;
    if (problem.code() == ErrorCode::invalid) return Reason::malformed;
  } catch (...) {
    return Reason::stopping;
  }
  return Reason::client_left;
}

}  // namespace vitrine::http
