#pragma once

#include <memory>

#include "http/byte_stream.h"
#include "http/server.h"

struct ssl_ctx_st;

namespace vitrine::http {

/// Certificate, key and rules of a TLS server. May be shared between threads.
class TlsContext {
 public:
  /// Throws Error{configuration} that names the file and what is wrong with it.
  explicit TlsContext(const Tls& settings);

  /// The server's side of TLS on a socket. Writing needs SIGPIPE to be ignored.
  std::unique_ptr<ByteStream> stream(int socket) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace vitrine::http
