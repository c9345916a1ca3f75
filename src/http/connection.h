#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>

#include "base/bytes.h"
#include "base/clock.h"
#include "http/async.h"
#include "http/byte_stream.h"
#include "http/inbox.h"
#include "http/loop.h"
#include "http/pace.h"
#include "threads/buffer_pool.h"

namespace vitrine::http {

enum class Direction { read, write };

/// One client's socket, and everything for which its coroutine may wait. Used on its loop's thread; a worker
/// may use the stream while the coroutine waits for that worker. Waiting throws Error{cancelled} when the
/// client has gone, or when stop() or interrupt() asks for it, and Error{request_timeout} when the client is
/// too slow.
class Connection {
 public:
  Connection(Loop& loop, Socket socket, std::unique_ptr<ByteStream> stream);
  /// Closes in order, unless it was cut.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Inbox& inbox() { return inbox_; }
  ByteStream& stream() { return *stream_; }
  Executor executor() { return socket_.get_executor(); }

  /// Returns whether the socket became ready; if not, the deadline was reached or close_if_idle() asks to
  /// end.
  Async<bool> wait(Direction direction, Deadline deadline);
  Async<void> wait(Direction direction, Pace& pace);

  Async<void> handshake(Pace& pace);
  /// At least one byte; 0 when the client sends nothing more.
  Async<std::size_t> read(MutableBytes into, Pace& pace);
  /// What can be had without waiting, perhaps nothing.
  Io read_now(MutableBytes into);
  /// Reads something into the inbox; false when the client sends nothing more.
  Async<bool> fetch(Pace& pace);
  /// All of it.
  Async<void> write(Bytes bytes, Follows follows, Pace& pace);
  /// To be told of bytes that a worker sent.
  void count_sent(std::size_t bytes) { sent_ += bytes; }

  Async<threads::Buffer> take_buffer(threads::BufferPool& buffers);

  /// Lets the client read what was sent although it still sends itself: reads and forgets, within bounds.
  Async<void> discard_input();
  /// Closes so that the client cannot take what it got for complete.
  void cut();
  /// To be called when the client turns out to have gone: throws what waiting then throws.
  [[noreturn]] void client_left();
  /// Whether there is anybody left to answer.
  bool is_open() const { return !has_left_ && !is_stopped_; }

  /// The request that stop() stops. Borrowed until the next call; null: none.
  void serve(std::stop_source* request) { request_ = request; }
  enum class Watch { off, on };
  /// Whether a client that hangs up stops the request, although nobody reads.
  void watch_client(Watch watch);

  /// Ends what the coroutine waits for, or will wait for, until resume().
  void interrupt();
  void resume() { is_interrupted_ = false; }

  /// For good, because the server ends.
  void stop();
  bool is_stopped() const { return is_stopped_; }
  void set_idle(bool is_idle) { is_idle_ = is_idle; }
  void close_if_idle();

  /// Ends what is over its time; returns when to look again.
  Deadline sweep(Deadline now);

 private:
  struct Ticket;

  Io fetch_now();
  void check() const;
  void wake();
  std::uint64_t moved(Direction direction) const;

  Loop& loop_;
  Socket socket_;
  std::unique_ptr<ByteStream> stream_;
  Inbox inbox_;
  Signal signal_;  ///< for waits that are not for the socket
  std::stop_source* request_ = nullptr;
  Deadline deadline_ = Deadline::max();   ///< of the wait for the socket
  Deadline next_look_ = Deadline::max();  ///< whether the client is still there
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  bool is_waiting_ = false;
  bool is_idle_ = false;
  bool is_interrupted_ = false;
  bool is_stopped_ = false;
  bool has_left_ = false;
};

}  // namespace vitrine::http
