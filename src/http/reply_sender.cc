#include "http/reply_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::http {
namespace {

/// A text up to this size is copied behind the head, to save a system call.
constexpr std::size_t largest_joined_text = std::size_t{64} * 1024;
/// How much of a file is sent before other downloads on its pool have their turn.
constexpr std::uint64_t slice_size = 2 << 20;

/// Says why a body was cut short, unless the client wanted it so.
void report(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& problem) {
    if (problem.code() == ErrorCode::cancelled || problem.code() == ErrorCode::request_timeout) return;
    log::warning("A reply's body was cut short: {}", problem.what());
  } catch (const std::exception& problem) {
    log::error("A reply's body was cut short: {}", problem.what());
  }
}

}  // namespace

ReplySender::ReplySender(Connection& connection, Job& job, threads::WorkerPool& pool, Reply& reply,
                         const Pace& pace)
    : connection_(connection), job_(job), pool_(pool), reply_(reply), pace_(pace) {}

Async<bool> ReplySender::send(const Request& request, bool closes) {
  const Frame frame = frame_of(request, reply_);
  const std::string head = reply_head(reply_, frame, closes);
  std::exception_ptr error;
  try {
    co_await send_all(head, frame);
    sent_.is_complete = true;
  } catch (...) {
    error = std::current_exception();
  }
  co_await job_.wait();
  if (error) report(error);
  co_await finish();
  co_return sent_.is_complete;
}

Async<void> ReplySender::send_all(const std::string& head, const Frame& frame) {
  const bool has_body = frame.framing != Framing::none && !frame.is_head && frame.length != 0;
  if (auto* text = std::get_if<std::string>(&reply_.body); has_body && text != nullptr) {
    co_await send_text(head, *text);
    co_return;
  }
  const Bytes bytes = bytes_of(head);
  const Follows follows = has_body ? Follows::more : Follows::nothing;
  co_await connection_.write(bytes, follows, pace_);
  if (!has_body) co_return;
  if (auto* file = std::get_if<FileRange>(&reply_.body)) {
    const std::exception_ptr failure = co_await send_file(*file);
    if (failure) co_await send_rest(failure, frame);
  } else {
    ByteSource& source = *std::get<std::unique_ptr<ByteSource>>(reply_.body);
    co_await send_source(source, frame);
  }
}

Async<void> ReplySender::send_text(const std::string& head, const std::string& text) {
  std::string joined;
  Bytes first = bytes_of(head);
  Bytes rest = bytes_of(text);
  if (text.size() <= largest_joined_text) {
    joined = head + text;
    first = bytes_of(joined);
    rest = Bytes();
  }
  const Follows follows = rest.empty() ? Follows::nothing : Follows::more;
  co_await connection_.write(first, follows, pace_);
  co_await connection_.write(rest, Follows::nothing, pace_);
  sent_.body_bytes = text.size();
}

/// Returns why the file could not be read to the end of the range, if so.
Async<std::exception_ptr> ReplySender::send_file(const FileRange& file) {
  std::uint64_t left = file.length;
  Io io;
  Work send_slice = [&] {
    const auto size = static_cast<std::size_t>(std::min(left, slice_size));
    io = connection_.stream().send_file(file.file.get(), file.offset + sent_.body_bytes, size);
  };
  while (left > 0) {
    job_.start(pool_, send_slice);
    co_await job_.wait();
    std::exception_ptr failure = job_.take_error();
    if (failure) co_return failure;
    left -= io.bytes;
    sent_.body_bytes += io.bytes;
    sent_.file_bytes += io.bytes;
    connection_.count_sent(io.bytes);
    if (io.state == Io::State::ended) connection_.client_left();
    if (io.state == Io::State::wants_write) co_await connection_.wait(Direction::write, pace_);
  }
  co_return nullptr;
}

Async<void> ReplySender::send_rest(std::exception_ptr failure, const Frame& frame) {
  if (!reply_.fallback) std::rethrow_exception(failure);
  Work resume = [&] { reply_.fallback->resume(sent_.file_bytes, failure); };
  co_await job_.run(pool_, resume);
  co_await send_source(*reply_.fallback, frame);
}

Async<void> ReplySender::send_source(ByteSource& source, const Frame& frame) {
  Chunk next;
  Work pull = [&] { next = source.read(); };
  bool is_first = true;
  job_.start(pool_, pull);
  while (true) {
    co_await job_.wait();
    if (const std::exception_ptr error = job_.take_error()) std::rethrow_exception(error);
    const Chunk chunk = std::exchange(next, Chunk());
    const std::uint64_t total = sent_.body_bytes + chunk.size();
    const bool is_too_long = total > frame.length.value_or(total);
    const bool is_too_short = chunk.empty() && total < frame.length.value_or(total);
    if (is_too_long || is_too_short)
      throw Error(ErrorCode::internal, "The body has not the length promised of it.");

    if (frame.framing == Framing::chunked) {
      const std::string line =
          fmt::format("{}{:x}\r\n{}", is_first ? "" : "\r\n", chunk.size(), chunk.empty() ? "\r\n" : "");
      const Bytes bytes = bytes_of(line);
      const Follows follows = chunk.empty() ? Follows::nothing : Follows::more;
      co_await connection_.write(bytes, follows, pace_);
    }
    if (chunk.empty()) co_return;
    is_first = false;
    co_await send_chunk(chunk, pull);
  }
}

/// Has the next chunk read as soon as half of this one is out: a slow client then holds one chunk most of the
/// time.
Async<void> ReplySender::send_chunk(const Chunk& chunk, const Work& pull) {
  const Bytes first = chunk.bytes().first(chunk.size() / 2);
  const Bytes second = chunk.bytes().subspan(first.size());
  co_await write(first, Follows::more);
  job_.start(pool_, pull);
  co_await write(second, Follows::nothing);
}

Async<void> ReplySender::write(Bytes bytes, Follows follows) {
  co_await connection_.write(bytes, follows, pace_);
  sent_.body_bytes += bytes.size();
}

/// What the reply holds may take its time to be destroyed, so that happens on the pool too.
Async<void> ReplySender::finish() {
  const bool is_text = std::holds_alternative<std::string>(reply_.body);
  if (is_text && !reply_.done) co_return;
  Work end = [&] {
    if (reply_.done) reply_.done(sent_);
    reply_ = Reply();
  };
  co_await job_.run(pool_, end);
}

}  // namespace vitrine::http
