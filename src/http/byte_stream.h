#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

namespace vitrine::http {

/// How far a call on a ByteStream got.
struct Io {
  enum class State {
    done,         ///< `bytes` were moved, at least one
    wants_read,   ///< nothing now; again when the socket can be read
    wants_write,  ///< `bytes` were moved; again with what is left when the socket can be written
    ended,        ///< the peer closed or broke the connection
  };
  State state = State::ended;
  std::size_t bytes = 0;
};

enum class Follows { nothing, more };  ///< whether more is written at once, so that packets may be filled up

/// The bytes of one connection, plain or encrypted. Calls never wait for the peer and are made one at a time,
/// though not all by one thread. It borrows the socket, which must be non-blocking.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// To be repeated until done.
  virtual Io handshake() = 0;
  virtual Io read(MutableBytes into) = 0;
  /// Whether read() has something that the socket does not show.
  virtual bool has_pending() const = 0;
  /// Whether the peer has closed its side and nothing that it sent is left to read, or the connection broke.
  virtual bool has_peer_left() const = 0;
  virtual Io write(Bytes bytes, Follows follows) = 0;
  /// Sends part of an open file. May wait for the disk, so worker threads only. Throws Error, before a byte
  /// is sent, if the file cannot be read or ends early; so `done` may be less than asked for.
  virtual Io send_file(int file, std::uint64_t offset, std::size_t length) = 0;
  /// Tells the peer that nothing more comes.
  virtual void end_output() noexcept = 0;
};

std::unique_ptr<ByteStream> plain_stream(int socket);

}  // namespace vitrine::http
