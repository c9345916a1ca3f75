#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/application.h"
#include "threads/buffer_pool.h"

namespace vitrine::http {

struct Tls {
  std::string certificate_file;  ///< PEM, the chain after the certificate
  std::string key_file;          ///< PEM
  std::string client_ca_file;    ///< if set, clients must show a certificate that it signed
};

struct Endpoint {
  std::string host;        ///< an IPv4 or IPv6 address, or a name
  std::uint16_t port = 0;  ///< 0: any free one
  int backlog = 4096;
};

struct ServerSettings {
  std::vector<Endpoint> endpoints;
  std::optional<Tls> tls;
  std::size_t io_threads = 1;
  std::size_t max_header_size = std::size_t{64} * 1024;       ///< request line and headers, bytes
  std::size_t max_text_body = std::size_t{16} * 1024 * 1024;  ///< bytes of a body in text mode
  std::chrono::seconds header_timeout{60};     ///< from the first byte of a request to the end of its headers
  std::chrono::seconds idle_timeout{75};       ///< between requests on one connection
  std::chrono::seconds transfer_timeout{900};  ///< without any progress while a body is read or written
  std::uint64_t min_body_rate =
      64;  ///< bytes per second below which, on average over the transfer timeout, a body is too slow
  bool keep_alive = true;
  std::chrono::seconds tcp_keepidle{600};
};

/// The HTTP/1.1 server. Starts in its constructor, which throws Error{configuration} for an endpoint that
/// cannot be bound or a certificate that cannot be read. The process ignores SIGPIPE from then on.
class Server {
 public:
  /// The application, the buffers and every pool that the application plans with must outlive the server.
  Server(const ServerSettings& settings, Application& application, threads::BufferPool& buffers);
  /// Stops at once: connections are closed, requests under way see their stop token.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The port of each endpoint, for those that asked for any.
  std::vector<std::uint16_t> ports() const;

  /// Stops accepting, closes idle connections and waits until the others are done, but not beyond the
  /// deadline. Returns whether all were.
  bool drain(Deadline deadline);

  std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::http
