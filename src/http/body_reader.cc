#include "http/body_reader.h"

#include <algorithm>
#include <utility>

namespace vitrine::http {
namespace {

/// How long a buffer that has something in it waits for more. Long enough to fill it from a fast network,
/// short enough that slow clients share few buffers.
constexpr std::chrono::milliseconds longest_pause{10};

}  // namespace

BodyReader::BodyReader(Connection& connection, const Head& head, const Pace& pace)
    : connection_(connection),
      pace_(pace),
      awaits_permission_(head.expects_continue && head.request.has_body),
      is_chunked_(head.is_chunked),
      left_(head.request.content_length.value_or(0)) {}

Async<void> BodyReader::permit() {
  if (!std::exchange(awaits_permission_, false)) co_return;
  if (!connection_.inbox().empty()) co_return;  // the client did not wait
  const Bytes permission = bytes_of("HTTP/1.1 100 Continue\r\n\r\n");
  co_await connection_.write(permission, Follows::nothing, pace_);
}

Async<void> BodyReader::ready() {
  co_await permit();
  const bool is_ready = is_done() || !connection_.inbox().empty() || connection_.stream().has_pending();
  if (!is_ready) co_await connection_.wait(Direction::read, pace_);
}

MutableBytes BodyReader::wanted(MutableBytes into) const {
  return is_chunked_ ? into
                     : into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_)));
}

/// Makes body bytes, at the front, of bytes as they came.
std::size_t BodyReader::accept(MutableBytes raw) {
  if (!is_chunked_) {
    left_ -= raw.size();
    return raw.size();
  }
  const ChunkDecoder::Result result = decoder_.decode(raw);
  connection_.inbox().restore(raw.subspan(result.consumed));
  return result.data;
}

Async<std::size_t> BodyReader::read(MutableBytes into) {
  co_await permit();
  std::size_t size = 0;
  while (size == 0 && !is_done()) {
    const MutableBytes space = wanted(into);
    std::size_t count = connection_.inbox().take(space);
    if (count == 0) count = co_await connection_.read(space, pace_);
    if (count == 0) connection_.client_left();
    size = accept(space.first(count));
  }
  co_return size;
}

Async<std::size_t> BodyReader::fill(MutableBytes into) {
  std::size_t size = 0;
  const Deadline deadline = deadline_in(longest_pause);
  while (size < into.size() && !is_done()) {
    const MutableBytes space = wanted(into.subspan(size));
    Io io{Io::State::done, connection_.inbox().take(space)};
    if (io.bytes == 0) io = connection_.read_now(space);
    if (io.state == Io::State::ended) connection_.client_left();
    size += accept(space.first(io.bytes));
    if (io.state == Io::State::done) continue;
    const bool has_more = co_await connection_.wait(Direction::read, deadline);
    if (!has_more) break;
  }
  co_return size;
}

}  // namespace vitrine::http
