#include "http/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <mutex>

#include "base/error.h"

namespace vitrine::http {
namespace {

constexpr std::chrono::milliseconds look_period{250};
constexpr std::chrono::seconds discard_time{5};
constexpr std::uint64_t discard_bytes = 256 << 20;
constexpr std::size_t fetched_at_once = std::size_t{16} * 1024;

using Clock = std::chrono::steady_clock;

Direction direction_of(const Io& io) {
  return io.state == Io::State::wants_write ? Direction::write : Direction::read;
}

}  // namespace

Connection::Connection(Loop& loop, Socket socket, std::unique_ptr<ByteStream> stream)
    : loop_(loop), socket_(std::move(socket)), stream_(std::move(stream)), signal_(socket_.get_executor()) {
  loop_.add(*this);
}

Connection::~Connection() {
  if (socket_.is_open()) stream_->end_output();
  loop_.remove(*this);
}

void Connection::check() const {
  if (is_stopped_) throw Error(ErrorCode::cancelled, "The service is stopping.");
  if (is_interrupted_) throw Error(ErrorCode::cancelled, "The transfer was given up.");
}

Async<bool> Connection::wait(Direction direction, Deadline deadline) {
  check();
  deadline_ = deadline;
  is_waiting_ = true;
  loop_.expect(deadline);
  SystemError error;
  auto token = reporting_to(error);
  const auto kind = direction == Direction::read ? Socket::wait_read : Socket::wait_write;
  co_await socket_.async_wait(kind, token);
  is_waiting_ = false;
  check();
  co_return !error;
}

Async<void> Connection::wait(Direction direction, Pace& pace) {
  const auto start = Clock::now();
  Pace::Wait result{.length = {}, .is_over = false, .moved_before = moved(direction), .moved_after = 0};
  const Deadline deadline = pace.deadline(start);
  const bool is_ready = co_await wait(direction, deadline);
  result.length = Clock::now() - start;
  result.is_over = !is_ready;
  result.moved_after = moved(direction);
  if (pace.is_too_slow(result)) throw Error(ErrorCode::request_timeout, "The client was too slow.");
}

/// What the kernel still holds was not taken by the client: counted from there, a slow client's progress
/// shows even while its socket stays full.
std::uint64_t Connection::moved(Direction direction) const {
  if (direction == Direction::read) return received_;
  int unsent = 0;
  ::ioctl(const_cast<Socket&>(socket_).native_handle(), SIOCOUTQ, &unsent);
  return sent_ - std::min(sent_, static_cast<std::uint64_t>(std::max(unsent, 0)));
}

void Connection::client_left() {
  has_left_ = true;
  throw Error(ErrorCode::cancelled, "The client has left.");
}

Async<void> Connection::handshake(Pace& pace) {
  while (true) {
    const Io io = stream_->handshake();
    if (io.state == Io::State::done) co_return;
    if (io.state == Io::State::ended) client_left();
    co_await wait(direction_of(io), pace);
  }
}

Io Connection::read_now(MutableBytes into) {
  const Io io = stream_->read(into);
  received_ += io.bytes;
  return io;
}

Async<std::size_t> Connection::read(MutableBytes into, Pace& pace) {
  while (true) {
    const Io io = read_now(into);
    if (io.state == Io::State::done) co_return io.bytes;
    if (io.state == Io::State::ended) co_return 0;
    co_await wait(direction_of(io), pace);
  }
}

/// Not a coroutine, so that the piece lies on the stack and costs a waiting connection nothing.
Io Connection::fetch_now() {
  std::array<std::byte, fetched_at_once> piece;
  const Io io = read_now(piece);
  inbox_.append(Bytes(piece).first(io.bytes));
  return io;
}

Async<bool> Connection::fetch(Pace& pace) {
  while (true) {
    const Io io = fetch_now();
    if (io.state == Io::State::done) co_return true;
    if (io.state == Io::State::ended) co_return false;
    co_await wait(direction_of(io), pace);
  }
}

Async<void> Connection::write(Bytes bytes, Follows follows, Pace& pace) {
  check();
  while (!bytes.empty()) {
    const Io io = stream_->write(bytes, follows);
    sent_ += io.bytes;
    bytes = bytes.subspan(io.bytes);
    if (io.state == Io::State::ended) client_left();
    if (io.state != Io::State::done) co_await wait(direction_of(io), pace);
  }
}

/// A request for a buffer that the pool keeps, perhaps for longer than the connection lives.
struct Connection::Ticket {
  std::mutex mutex;
  Connection* connection = nullptr;  ///< null: given up
  threads::Buffer buffer;

  /// On whatever thread returned a buffer. One that nobody waits for any more goes on to the next in the
  /// queue.
  static void deliver(const std::shared_ptr<Ticket>& ticket, threads::Buffer buffer) {
    const std::lock_guard lock(ticket->mutex);
    if (ticket->connection == nullptr) return;
    ticket->buffer = std::move(buffer);
    asio::post(ticket->connection->executor(), [ticket] {
      const std::lock_guard woken(ticket->mutex);
      if (ticket->connection != nullptr) ticket->connection->signal_.set();
    });
  }
  threads::Buffer take() {
    const std::lock_guard lock(mutex);
    return std::move(buffer);
  }
  void give_up() {
    const std::lock_guard lock(mutex);
    connection = nullptr;
    buffer = threads::Buffer();
  }
};

Async<threads::Buffer> Connection::take_buffer(threads::BufferPool& buffers) {
  check();
  std::optional<threads::Buffer> free = buffers.try_take();
  if (free) co_return std::move(*free);

  struct Waiting {
    std::shared_ptr<Ticket> ticket = std::make_shared<Ticket>();
    ~Waiting() { ticket->give_up(); }
  } waiting;
  waiting.ticket->connection = this;
  buffers.when_available(
      [ticket = waiting.ticket](threads::Buffer buffer) { Ticket::deliver(ticket, std::move(buffer)); });
  while (true) {
    co_await signal_.wait();
    check();
    threads::Buffer buffer = waiting.ticket->take();
    if (buffer) co_return buffer;
  }
}

Async<void> Connection::discard_input() {
  stream_->end_output();
  Pace pace = Pace::until(deadline_in(discard_time));
  std::uint64_t discarded = 0;
  while (discarded < discard_bytes) {
    // MSG_TRUNC: TCP drops the bytes without copying them.
    const ssize_t count = ::recv(socket_.native_handle(), nullptr, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
    if (count > 0) {
      discarded += static_cast<std::uint64_t>(count);
    } else if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
      co_await wait(Direction::read, pace);
    } else {
      co_return;
    }
  }
}

void Connection::cut() {
  SystemError ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void Connection::watch_client(Watch watch) {
  next_look_ = watch == Watch::on ? Clock::now() + look_period : Deadline::max();
  loop_.expect(next_look_);
}

void Connection::wake() {
  SystemError ignored;
  if (is_waiting_) socket_.cancel(ignored);
  signal_.set();
}

void Connection::interrupt() {
  is_interrupted_ = true;
  wake();
}

void Connection::stop() {
  is_stopped_ = true;
  if (request_ != nullptr) request_->request_stop();
  wake();
}

void Connection::close_if_idle() {
  SystemError ignored;
  if (is_idle_ && is_waiting_) socket_.cancel(ignored);
}

Deadline Connection::sweep(Deadline now) {
  if (now >= next_look_) {
    next_look_ = now + look_period;
    if (stream_->has_peer_left()) {
      next_look_ = Deadline::max();
      if (request_ != nullptr) request_->request_stop();
    }
  }
  if (!is_waiting_) return next_look_;
  SystemError ignored;
  if (now >= deadline_) socket_.cancel(ignored);
  return now >= deadline_ ? next_look_ : std::min(deadline_, next_look_);
}

}  // namespace vitrine::http
