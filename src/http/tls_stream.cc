#include "http/tls_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "base/error.h"

namespace vitrine::http {
namespace {

std::string openssl_reason() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

[[noreturn]] void refuse(const std::string& what, const std::string& file) {
  throw Error(ErrorCode::configuration, what + " '" + file + "' cannot be used: " + openssl_reason());
}

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// OpenSSL directly on the non-blocking socket: an idle connection keeps no buffers, and a file's bytes can
/// be encrypted on a worker.
class TlsStream : public ByteStream {
 public:
  TlsStream(SSL_CTX* context, int socket) : ssl_(SSL_new(context)), socket_(socket) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) throw Error(ErrorCode::internal, openssl_reason());
    SSL_set_accept_state(ssl_.get());
  }

  Io handshake() override {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    return result == 1 ? Io{Io::State::done} : Io{reason(result), 0};
  }

  Io read(MutableBytes into) override {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return result == 1 ? Io{Io::State::done, count} : Io{reason(result), 0};
  }

  bool has_pending() const override { return SSL_pending(ssl_.get()) > 0; }

  /// The closing alert lies before the end and would hide it from a look at the bytes, so the state is asked
  /// for.
  bool has_peer_left() const override {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
    return info.tcpi_state == TCP_CLOSE_WAIT || info.tcpi_state == TCP_CLOSE;
  }

  Io write(Bytes bytes, Follows) override {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      ERR_clear_error();
      std::size_t count = 0;
      const int result = SSL_write_ex(ssl_.get(), bytes.data() + sent, bytes.size() - sent, &count);
      if (result != 1) return {reason(result), sent};
      sent += count;
    }
    return {Io::State::done, sent};
  }

  /// A record that could not be sent stays in OpenSSL, and the same bytes are read from the file again for
  /// the next attempt: a slow client costs no memory of ours.
  Io send_file(int file, std::uint64_t offset, std::size_t length) override {
    std::array<std::byte, std::size_t{64} * 1024> buffer;
    std::size_t sent = 0;
    while (sent < length) {
      const auto wanted = std::min(buffer.size(), length - sent);
      const ssize_t count = ::pread(file, buffer.data(), wanted, static_cast<off_t>(offset + sent));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 && sent > 0)
        break;  // the next call says what is wrong, when these bytes are accounted for
      if (count < 0) throw system_error(errno, "read a file");
      if (count == 0)
        throw Error(ErrorCode::internal, "A file ended before the length that was promised of it.");
      const Io io = write(Bytes(buffer).first(static_cast<std::size_t>(count)), Follows::more);
      sent += io.bytes;
      if (io.state != Io::State::done) return {io.state, sent};
    }
    return {Io::State::done, sent};
  }

  void end_output() noexcept override {
    ERR_clear_error();
    const bool was_told = (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0;
    if (SSL_is_init_finished(ssl_.get()) && !was_told) SSL_shutdown(ssl_.get());
    ERR_clear_error();
    ::shutdown(socket_, SHUT_WR);
  }

 private:
  Io::State reason(int result) const {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Io::State::wants_read;
      case SSL_ERROR_WANT_WRITE:
        return Io::State::wants_write;
      default:
        return Io::State::ended;
    }
  }

  std::unique_ptr<SSL, FreeSsl> ssl_;
  int socket_;
};

void require_client_certificate(SSL_CTX* context, const std::string& authorities) {
  if (SSL_CTX_load_verify_file(context, authorities.c_str()) != 1) refuse("The CA file", authorities);
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(authorities.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

TlsContext::TlsContext(const Tls& settings) : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw Error(ErrorCode::internal, openssl_reason());
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context,
                                 SSL_SESS_CACHE_OFF);  // sessions resume by tickets, which cost no memory
  constexpr std::string_view session_context = "vitrine";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(session_context.data()),
                                 session_context.size());

  const std::string& certificate = settings.certificate_file;
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    refuse("The certificate", certificate);
  if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    refuse("The key", settings.key_file);
  }
  if (!settings.client_ca_file.empty()) require_client_certificate(context, settings.client_ca_file);
}

std::unique_ptr<ByteStream> TlsContext::stream(int socket) const {
  return std::make_unique<TlsStream>(context_.get(), socket);
}

}  // namespace vitrine::http
