#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/error.h"
#include "http/byte_stream.h"

namespace vitrine::http {
namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

bool is_broken(int error) {
  return error == EPIPE || error == ECONNRESET || error == ETIMEDOUT || error == ENOTCONN;
}

class PlainStream : public ByteStream {
 public:
  explicit PlainStream(int socket) : socket_(socket) {}

  Io handshake() override { return {Io::State::done}; }

  Io read(MutableBytes into) override {
    ssize_t count = 0;
    do {
      count = ::recv(socket_, into.data(), into.size(), MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count > 0) return {Io::State::done, static_cast<std::size_t>(count)};
    return {count < 0 && would_block(errno) ? Io::State::wants_read : Io::State::ended};
  }

  bool has_pending() const override { return false; }

  bool has_peer_left() const override {
    char byte = 0;
    const ssize_t count = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EINTR && !would_block(errno));
  }

  Io write(Bytes bytes, Follows follows) override {
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (follows == Follows::more ? MSG_MORE : 0);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, flags);
      if (count >= 0) {
        sent += static_cast<std::size_t>(count);
      } else if (errno != EINTR) {
        return {would_block(errno) ? Io::State::wants_write : Io::State::ended, sent};
      }
    }
    return {Io::State::done, sent};
  }

  Io send_file(int file, std::uint64_t offset, std::size_t length) override {
    auto position = static_cast<off_t>(offset);
    std::size_t sent = 0;
    while (sent < length) {
      const ssize_t count = ::sendfile(socket_, file, &position, length - sent);
      if (count > 0) {
        sent += static_cast<std::size_t>(count);
      } else if (count < 0 && would_block(errno)) {
        return {Io::State::wants_write, sent};
      } else if (count < 0 && is_broken(errno)) {
        return {Io::State::ended, sent};
      } else if (count < 0 && errno == EINTR) {
        continue;
      } else if (sent > 0) {
        break;  // the next call says what is wrong, when these bytes are accounted for
      } else if (count == 0) {
        throw Error(ErrorCode::internal, "A file ended before the length that was promised of it.");
      } else {
        throw system_error(errno, "send a file");
      }
    }
    return {Io::State::done, sent};
  }

  void end_output() noexcept override { ::shutdown(socket_, SHUT_WR); }

 private:
  int socket_;
};

}  // namespace

std::unique_ptr<ByteStream> plain_stream(int socket) {
  return std::make_unique<PlainStream>(socket);
}

}  // namespace vitrine::http
