#pragma once

#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::tests {

/// What an OriginServer answers for one path. A range that is asked for with an If-Range is one of the page
/// only if that is the page's ETag or Last-Modified.
struct Page {
  enum class Framing { length, chunked, until_close };
  enum class Ranges { known, ignored, refused };  ///< refused: 416 without a word about the size
  /// After `fault_after` bytes of the framed body it closes, or sends no more. `mute`: it sends nothing.
  enum class Fault { none, cut, stall, mute };

  unsigned status = 200;
  std::string content;
  std::string headers;  ///< more lines, each with its "\r\n"
  Framing framing = Framing::length;
  Ranges ranges = Ranges::known;
  Fault fault = Fault::none;
  std::size_t fault_after = 0;
  std::chrono::milliseconds byte_pause{0};  ///< before each byte of the body; 0: it comes as fast as it can
  /// Sent as it is in place of everything else; then the connection is closed.
  std::optional<std::string> verbatim = {};
};

/// What an OriginServer does about the body of a request before it answers. After `fault_after` bytes of the
/// body as it is framed it closes, reads no more, or answers and drops what else comes.
struct BodyRule {
  enum class Fault { none, cut, stall, answer };

  Fault fault = Fault::none;
  std::size_t fault_after = 0;
  /// Sent to those who ask whether they may send it; empty: they hear nothing.
  std::string go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";
  unsigned count = UINT_MAX;  ///< of bodies that it is for; those that follow are taken whole
};

/// A request as it came.
struct SeenRequest {
  std::string method;
  std::string target;
  std::string head;         ///< request line and headers
  std::string body;         ///< as much as came of it, without its framing
  unsigned connection = 0;  ///< counted from 1

  /// Empty if there is no header of this name.
  std::string header(std::string_view name) const;
};

/// A key, and a certificate for 127.0.0.1 that signs itself, in two files.
class ServerIdentity {
 public:
  ServerIdentity();

  std::string certificate_file() const { return (place_.path() / "certificate.pem").string(); }
  std::string key_file() const { return (place_.path() / "key.pem").string(); }
  /// Of the certificate, in lower-case hexadecimal. `digest` as OpenSSL names it.
  std::string fingerprint(const char* digest) const;

 private:
  TemporaryDirectory place_;
};

/// A small HTTP server on loopback, with a thread for each connection. Asked for a whole URI, as a proxy is,
/// it answers with its own page of that path. May be used from all threads.
class OriginServer {
 public:
  OriginServer();
  /// With TLS.
  explicit OriginServer(const ServerIdentity& identity);
  ~OriginServer();
  OriginServer(const OriginServer&) = delete;
  OriginServer& operator=(const OriginServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:1234" and the path.
  std::string url(std::string_view path) const;

  /// Everything else is answered with 404. The path is what stands in the request, query included.
  void put(const std::string& path, Page page);
  void remove(const std::string& path);
  /// From now on the function answers, and pages count no more. It is called by many threads at once.
  void answer_with(std::function<Page(const SeenRequest&)> function);
  /// What is done about bodies that come from now on.
  void take_bodies(BodyRule rule);
  std::vector<std::string> paths() const;

  std::vector<SeenRequest> requests() const;
  unsigned connections() const;
  /// Waits until there were that many; false if they do not come.
  bool wait_for_requests(std::size_t count) const;

 private:
  class Stream;
  class TlsStream;
  struct CloseTls {
    void operator()(void* context) const;
  };

  OriginServer(std::unique_ptr<void, CloseTls> tls, std::string scheme);

  void accept_all();
  void serve(int socket, unsigned number);
  void answer_all(Stream& stream, unsigned number);
  BodyRule next_body_rule();
  BodyRule::Fault take_body(Stream& stream, SeenRequest& request);
  void wait_until_closing() const;
  /// Whether another request may follow.
  bool answer(Stream& stream, const SeenRequest& request);
  bool trickle(Stream& stream, std::string_view body, std::chrono::milliseconds pause) const;
  Page page_for(const SeenRequest& request) const;

  std::unique_ptr<void, CloseTls> tls_;  ///< an SSL_CTX; null: plain
  const std::string scheme_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, Page> pages_;
  std::function<Page(const SeenRequest&)> function_;
  BodyRule body_rule_;
  std::vector<SeenRequest> requests_;
  std::list<UniqueFd> sockets_;
  std::vector<std::thread> threads_;
  bool is_closing_ = false;
  std::thread acceptor_;
};

}  // namespace vitrine::tests
