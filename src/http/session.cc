#include "http/session.h"

#include <cassert>

#include "base/error.h"
#include "http/gzip.h"
#include "http/reply_sender.h"
#include "http/upload.h"

namespace vitrine::http {
namespace {

constexpr std::size_t text_piece = std::size_t{16} * 1024;

[[noreturn]] void refuse_size(std::size_t limit) {
  throw Error(ErrorCode::limit_exceeded,
              "The request body is larger than " + std::to_string(limit) + " bytes.");
}

}  // namespace

Session::Session(Service& service, Connection& connection, Ends ends)
    : service_(service), connection_(connection), ends_(std::move(ends)), job_(connection.executor()) {}

Async<void> Session::run() {
  Pace greeting = Pace::until(deadline_in(service_.settings.header_timeout));
  co_await connection_.handshake(greeting);
  bool goes_on = true;
  while (goes_on) goes_on = co_await exchange();
}

Pace Session::transfer_pace() const {
  return Pace::steady(service_.settings.transfer_timeout, service_.settings.min_body_rate);
}

bool Session::may_keep() const {
  return service_.settings.keep_alive && head_.keeps_alive && service_.phase == Phase::serving;
}

/// One request and its reply. Returns whether another may follow.
Async<bool> Session::exchange() {
  head_ = Head();
  head_.request.client = ends_.client;
  head_.request.port = ends_.port;
  head_.request.is_tls = service_.settings.tls.has_value();
  stop_ = std::stop_source();
  connection_.serve(&stop_);

  std::exception_ptr error;
  bool has_request = false;
  try {
    has_request = co_await read_head();
  } catch (...) {
    error = std::current_exception();
  }
  const bool is_refused = error != nullptr;
  if (is_refused && head_.request.method.empty()) guess_head(connection_.inbox().view(), head_);
  if (!connection_.is_open() || (!is_refused && !has_request)) co_return false;
  plan_ = service_.application.plan(head_.request);
  assert(plan_.pool != nullptr);

  BodyReader body(connection_, head_, transfer_pace());
  if (!is_refused) {
    try {
      co_await respond(body);
    } catch (...) {
      error = std::current_exception();
    }
  }
  if (error && !connection_.is_open()) co_return false;
  if (error) co_await fail(error);

  const bool is_read = !is_refused && body.is_done();
  const bool closes = !is_read || !may_keep() || asks_to_close(reply_);
  const bool was_sent = co_await reply(closes);
  const bool has_leftovers = !is_read || !connection_.inbox().empty();
  if (was_sent && closes && has_leftovers) co_await connection_.discard_input();
  co_return was_sent && !closes;
}

Async<void> Session::respond(BodyReader& body) {
  if (plan_.body == Plan::BodyMode::stream) {
    co_await receive(body);
  } else {
    co_await answer(body);
  }
}

Async<bool> Session::reply(bool closes) {
  threads::WorkerPool& pool = reply_.body_pool != nullptr ? *reply_.body_pool : *plan_.pool;
  ReplySender sender(connection_, job_, pool, reply_, transfer_pace());
  const bool was_sent = co_await sender.send(head_.request, closes);
  reply_ = Reply();
  if (!was_sent) connection_.cut();
  co_return was_sent;
}

/// Returns false if there will be no further request.
Async<bool> Session::read_head() {
  const bool has_bytes = co_await await_request();
  if (!has_bytes) co_return false;

  Inbox& inbox = connection_.inbox();
  HeadScanner scanner(service_.settings.max_header_size);
  Pace pace = Pace::until(deadline_in(service_.settings.header_timeout));
  while (true) {
    const std::optional<std::size_t> size = scanner.scan(inbox.view());
    if (size) {
      parse_head(inbox.view().substr(0, *size), head_);
      inbox.consume(*size);
      co_return true;
    }
    const bool has_more = co_await connection_.fetch(pace);
    if (!has_more) co_return false;
  }
}

/// Waits between requests, with no memory but the coroutine's.
Async<bool> Session::await_request() {
  Inbox& inbox = connection_.inbox();
  if (!inbox.empty() || connection_.stream().has_pending()) co_return true;
  inbox.release();
  if (service_.phase != Phase::serving) co_return false;
  const Deadline deadline = deadline_in(service_.settings.idle_timeout);
  connection_.set_idle(true);
  const bool is_ready = co_await connection_.wait(Direction::read, deadline);
  connection_.set_idle(false);
  co_return is_ready;
}

Async<void> Session::answer(BodyReader& body) {
  const std::size_t limit = service_.settings.max_text_body;
  if (head_.request.content_length.value_or(0) > limit) refuse_size(limit);
  std::string text;
  co_await read_text(body, text);
  Work work = [&] {
    reply_ = service_.application.answer(head_.request, std::move(text), stop_.get_token());
    compress(head_.request, reply_);
  };
  co_await run_watched(work);
}

Async<void> Session::read_text(BodyReader& body, std::string& text) {
  const std::size_t limit = service_.settings.max_text_body;
  while (!body.is_done()) {
    const std::size_t size = text.size();
    text.resize(size + std::max(text_piece, size));  // grows with what came, not with what was announced
    const MutableBytes space = std::as_writable_bytes(std::span(text).subspan(size));
    const std::size_t count = co_await body.read(space);
    text.resize(size + count);
    if (text.size() > limit) refuse_size(limit);
  }
}

Async<void> Session::receive(BodyReader& body) {
  std::variant<Reply, std::unique_ptr<BodySink>> received;
  Work work = [&] {
    received = service_.application.receive(head_.request, stop_.get_token());
    if (auto* refusal = std::get_if<Reply>(&received)) compress(head_.request, *refusal);
  };
  co_await run_watched(work);
  if (auto* refusal = std::get_if<Reply>(&received)) {
    reply_ = std::move(*refusal);
    co_return;
  }
  std::unique_ptr<BodySink>& sink = std::get<std::unique_ptr<BodySink>>(received);
  Upload upload(head_.request, connection_, body, service_.buffers, *plan_.pool, std::move(sink), stop_);
  co_await upload.run(reply_);
}

Async<void> Session::fail(std::exception_ptr error) {
  Work work = [&] {
    reply_ = service_.application.failure(head_.request, error);
    compress(head_.request, reply_);
  };
  co_await job_.run(*plan_.pool, work);
}

/// Runs the application's work and tells it if the client hangs up meanwhile. Bytes that already wait in the
/// inbox are a client that sent everything at once and may have closed its side.
Async<void> Session::run_watched(const Work& work) {
  if (connection_.inbox().empty()) connection_.watch_client(Connection::Watch::on);
  std::exception_ptr error;
  try {
    co_await job_.run(*plan_.pool, work);
  } catch (...) {
    error = std::current_exception();
  }
  connection_.watch_client(Connection::Watch::off);
  if (error) std::rethrow_exception(error);
}

}  // namespace vitrine::http
