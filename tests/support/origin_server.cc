#include "tests/support/origin_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "base/text.h"

namespace vitrine::tests {
namespace {

constexpr std::chrono::seconds patience{20};

template <class T, void (*free)(T*)>
struct Freed {
  void operator()(T* pointer) const { free(pointer); }
};
template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, free>>;

void require(bool is_good, const char* what) {
  if (!is_good) throw std::runtime_error(what);
}

void add_extension(X509* certificate, int id, const char* value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, id, value));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "no certificate extension");
}

Owned<X509, X509_free> new_certificate(EVP_PKEY* key) {
  Owned<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const auto* text = reinterpret_cast<const unsigned char*>("origin server");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), NID_subject_alt_name, "IP:127.0.0.1");
  require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "no signature");
  return certificate;
}

/// The bytes that a Range header means; nothing if it lies outside of the content.
struct Slice {
  std::size_t first;
  std::size_t last;
};
std::optional<Slice> slice_of(std::string_view header, std::size_t size) {
  const std::string_view range = header.substr(header.find('=') + 1);
  const auto dash = range.find('-');
  const auto first = parse_unsigned(range.substr(0, dash));
  const auto last = parse_unsigned(range.substr(dash + 1));
  if (!first || *first >= size) return {};
  return Slice{*first, std::min<std::size_t>(last.value_or(size - 1), size - 1)};
}

/// Turns the page into the part of it that the request asks for.
void apply_range(const SeenRequest& request, Page& page) {
  const std::string range = request.header("Range");
  if (range.empty() || page.ranges == Page::Ranges::ignored || page.status != 200) return;
  const std::string version = request.header("If-Range");
  if (!version.empty() && page.headers.find(": " + version + "\r\n") == std::string::npos) return;
  const std::size_t size = page.content.size();
  if (page.ranges == Page::Ranges::refused) {
    page = {.status = 416};
  } else if (const auto slice = slice_of(range, size)) {
    page.status = 206;
    page.headers += fmt::format("Content-Range: bytes {}-{}/{}\r\n", slice->first, slice->last, size);
    page.content = page.content.substr(slice->first, slice->last - slice->first + 1);
  } else {
    page.status = 416;
    page.headers += fmt::format("Content-Range: bytes */{}\r\n", size);
    page.content.clear();
  }
}

std::string head_of(const Page& page) {
  std::string head = fmt::format("HTTP/1.1 {} Status\r\n{}", page.status, page.headers);
  switch (page.framing) {
    case Page::Framing::length:
      return head + fmt::format("Content-Length: {}\r\n\r\n", page.content.size());
    case Page::Framing::chunked:
      return head + "Transfer-Encoding: chunked\r\n\r\n";
    case Page::Framing::until_close:
      break;
  }
  return head + "Connection: close\r\n\r\n";
}

/// In chunks of uneven sizes, with a trailer.
std::string chunked(std::string_view content) {
  std::string result;
  for (std::size_t step = 1; !content.empty(); step = step * 3 + 1) {
    const std::string_view part = content.substr(0, step);
    result += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
    content.remove_prefix(part.size());
  }
  return result + "0\r\nX-Trailer: yes\r\n\r\n";
}

SeenRequest parse_request(std::string head, unsigned connection) {
  const std::vector<std::string> words = split(head.substr(0, head.find('\r')), ' ');
  SeenRequest request{
      .method = words.at(0), .target = words.at(1), .head = {}, .body = {}, .connection = connection};
  request.head = std::move(head);
  return request;
}

}  // namespace

std::string SeenRequest::header(std::string_view name) const {
  for (const std::string& line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || !equals_ignoring_case(line.substr(0, colon), name)) continue;
    return std::string(trim(std::string_view(line).substr(colon + 1)));
  }
  return {};
}

ServerIdentity::ServerIdentity() {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const auto certificate = new_certificate(key.get());
  const Owned<BIO, BIO_free_all> certificate_out(BIO_new_file(certificate_file().c_str(), "w"));
  require(PEM_write_bio_X509(certificate_out.get(), certificate.get()) == 1, "no certificate file");
  const Owned<BIO, BIO_free_all> key_out(BIO_new_file(key_file().c_str(), "w"));
  require(PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "no key file");
}

std::string ServerIdentity::fingerprint(const char* digest) const {
  const Owned<BIO, BIO_free_all> file(BIO_new_file(certificate_file().c_str(), "r"));
  const Owned<X509, X509_free> certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  require(X509_digest(certificate.get(), EVP_get_digestbyname(digest), value.data(), &size) == 1,
          "no digest");
  std::string digits;
  for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", value.at(i));
  return digits;
}

/// A connection's bytes.
class OriginServer::Stream {
 public:
  explicit Stream(int socket) : socket_(socket) {}
  virtual ~Stream() = default;

  /// 0 or less: there is no more.
  virtual int read(char* space, int size) { return static_cast<int>(::recv(socket_, space, size, 0)); }
  virtual int write(const char* data, int size) {
    return static_cast<int>(::send(socket_, data, size, MSG_NOSIGNAL));
  }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const int count = write(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), 1 << 20)));
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// Up to and without the empty line; nothing if the client left.
  std::optional<std::string> read_head() {
    while (true) {
      if (const auto end = input_.find("\r\n\r\n"); end != std::string::npos) {
        std::string head = input_.substr(0, end);
        input_.erase(0, end + 4);
        return head;
      }
      if (!take_more()) return {};
    }
  }

  /// Less if the client left.
  std::string read_body(std::size_t size) {
    while (input_.size() < size && take_more()) {
    }
    std::string body = input_.substr(0, size);
    input_.erase(0, body.size());
    return body;
  }

  /// Of chunks, up to and with the empty one; less if the client left, or if `most` bytes have come.
  /// False if the client left before the end.
  bool read_chunks(std::size_t most, std::string& body) {
    while (body.size() < most) {
      const std::string size = read_line();
      if (size.empty()) return false;
      const std::size_t count = std::stoul(size, nullptr, 16);
      body += read_body(std::min(count, most - body.size()));
      if (body.size() == most) return true;
      read_line();
      if (count == 0) return true;
    }
    return true;
  }

  void wait_for_end() {
    while (take_more()) input_.clear();
  }

 private:
  /// False if there is no more.
  bool take_more() {
    char space[65'536];
    const int count = read(space, sizeof space);
    if (count > 0) input_.append(space, static_cast<std::size_t>(count));
    return count > 0;
  }

  /// Without its end; empty if the client left.
  std::string read_line() {
    std::size_t end = input_.find("\r\n");
    while (end == std::string::npos) {
      if (!take_more()) return {};
      end = input_.find("\r\n");
    }
    std::string line = input_.substr(0, end);
    input_.erase(0, end + 2);
    return line;
  }

  const int socket_;
  std::string input_;
};

class OriginServer::TlsStream : public Stream {
 public:
  TlsStream(int socket, void* context) : Stream(socket), ssl_(SSL_new(static_cast<SSL_CTX*>(context))) {
    SSL_set_fd(ssl_.get(), socket);
    SSL_accept(ssl_.get());  // if it fails, reading fails
  }
  ~TlsStream() override { SSL_shutdown(ssl_.get()); }

  int read(char* space, int size) override { return SSL_read(ssl_.get(), space, size); }
  int write(const char* data, int size) override { return SSL_write(ssl_.get(), data, size); }

 private:
  Owned<SSL, SSL_free> ssl_;
};

void OriginServer::CloseTls::operator()(void* context) const {
  SSL_CTX_free(static_cast<SSL_CTX*>(context));
}

OriginServer::OriginServer() : OriginServer(nullptr, "http") {}

OriginServer::OriginServer(const ServerIdentity& identity)
    : OriginServer(
          [&] {
            std::unique_ptr<void, CloseTls> tls(SSL_CTX_new(TLS_server_method()));
            auto* context = static_cast<SSL_CTX*>(tls.get());
            const std::string certificate = identity.certificate_file();
            const std::string key = identity.key_file();
            require(SSL_CTX_use_certificate_file(context, certificate.c_str(), SSL_FILETYPE_PEM) == 1 &&
                        SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1,
                    "no TLS identity");
            return tls;
          }(),
          "https") {}

OriginServer::OriginServer(std::unique_ptr<void, CloseTls> tls, std::string scheme)
    : tls_(std::move(tls)),
      scheme_(std::move(scheme)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  require(::bind(listener_.get(), plain, size) == 0 && ::listen(listener_.get(), 64) == 0 &&
              ::getsockname(listener_.get(), plain, &size) == 0,
          "no listening socket");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

OriginServer::~OriginServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);  // ends accept(2)
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
    changed_.notify_all();
    for (const UniqueFd& socket : sockets_) ::shutdown(socket.get(), SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
}

std::string OriginServer::url(std::string_view path) const {
  return fmt::format("{}://127.0.0.1:{}{}", scheme_, port_, path);
}

void OriginServer::put(const std::string& path, Page page) {
  const std::lock_guard lock(mutex_);
  pages_[path] = std::move(page);
}

void OriginServer::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  pages_.erase(path);
}

void OriginServer::answer_with(std::function<Page(const SeenRequest&)> function) {
  const std::lock_guard lock(mutex_);
  function_ = std::move(function);
}

void OriginServer::take_bodies(BodyRule rule) {
  const std::lock_guard lock(mutex_);
  body_rule_ = std::move(rule);
}

std::vector<std::string> OriginServer::paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> result;
  for (const auto& [path, page] : pages_) result.push_back(path);
  return result;
}

std::vector<SeenRequest> OriginServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

unsigned OriginServer::connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<unsigned>(threads_.size());
}

bool OriginServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return requests_.size() >= count; });
}

void OriginServer::accept_all() {
  while (true) {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) return;
    const int at_once = 1;  // or a body would wait until the client acknowledges the head, which it delays
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    const std::lock_guard lock(mutex_);
    sockets_.push_back(std::move(socket));
    const int number = static_cast<int>(threads_.size()) + 1;
    threads_.emplace_back([this, fd = sockets_.back().get(), number] { serve(fd, number); });
  }
}

void OriginServer::serve(int socket, unsigned number) {
  // OpenSSL writes without MSG_NOSIGNAL.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  {
    const std::unique_ptr<Stream> stream =
        tls_ ? std::make_unique<TlsStream>(socket, tls_.get()) : std::make_unique<Stream>(socket);
    answer_all(*stream, number);
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(sockets_, [&](const UniqueFd& each) { return each.get() == socket; });
}

void OriginServer::answer_all(Stream& stream, unsigned number) {
  while (auto head = stream.read_head()) {
    SeenRequest request = parse_request(std::move(*head), number);
    const BodyRule::Fault fault = take_body(stream, request);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      changed_.notify_all();
    }
    if (fault == BodyRule::Fault::cut) return;
    if (fault == BodyRule::Fault::stall) return wait_until_closing();
    const bool may_follow = answer(stream, request);
    if (fault == BodyRule::Fault::answer) stream.wait_for_end();
    if (!may_follow) return;
  }
}

void OriginServer::wait_until_closing() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_closing_; });
}

BodyRule OriginServer::next_body_rule() {
  const std::lock_guard lock(mutex_);
  if (body_rule_.count == 0) return {};
  --body_rule_.count;
  return body_rule_;
}

BodyRule::Fault OriginServer::take_body(Stream& stream, SeenRequest& request) {
  const bool is_chunked = request.header("Transfer-Encoding") == "chunked";
  const std::size_t length = parse_unsigned(request.header("Content-Length")).value_or(0);
  if (!is_chunked && length == 0) return BodyRule::Fault::none;
  const BodyRule rule = next_body_rule();
  const bool is_asked = !request.header("Expect").empty();
  const bool is_refused = rule.fault == BodyRule::Fault::answer && rule.fault_after == 0;
  if (is_asked && is_refused) return BodyRule::Fault::none;  // who asks and is refused sends no body
  if (is_asked) stream.send(rule.go_ahead);
  const std::size_t most = rule.fault == BodyRule::Fault::none ? SIZE_MAX : rule.fault_after;
  if (is_chunked) return stream.read_chunks(most, request.body) ? rule.fault : BodyRule::Fault::cut;
  request.body = stream.read_body(std::min(length, most));
  return rule.fault;
}

/// Until the client leaves.
bool OriginServer::trickle(Stream& stream, std::string_view body, std::chrono::milliseconds pause) const {
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, pause, [&] { return is_closing_; })) return false;
    lock.unlock();
    if (!stream.send(body.substr(i, 1))) return false;
  }
  return true;
}

bool OriginServer::answer(Stream& stream, const SeenRequest& request) {
  Page page = page_for(request);
  if (page.verbatim) {
    stream.send(*page.verbatim);
    return false;
  }
  if (page.fault == Page::Fault::mute) {
    stream.wait_for_end();
    return false;
  }
  apply_range(request, page);
  if (!stream.send(head_of(page))) return false;
  if (request.method == "HEAD") return page.framing != Page::Framing::until_close;
  std::string body = page.framing == Page::Framing::chunked ? chunked(page.content) : page.content;
  if (page.fault != Page::Fault::none) body.resize(page.fault_after);
  const bool is_sent =
      page.byte_pause.count() > 0 ? trickle(stream, body, page.byte_pause) : stream.send(body);
  if (page.fault == Page::Fault::stall) stream.wait_for_end();
  return is_sent && page.fault == Page::Fault::none && page.framing != Page::Framing::until_close;
}

Page OriginServer::page_for(const SeenRequest& request) const {
  std::function<Page(const SeenRequest&)> function;
  {
    const std::lock_guard lock(mutex_);
    function = function_;
  }
  if (function) return function(request);
  const auto scheme_end = request.target.find("://");
  const auto path_start = scheme_end == std::string::npos ? 0 : request.target.find('/', scheme_end + 3);
  const std::lock_guard lock(mutex_);
  const auto found = pages_.find(request.target.substr(path_start));
  if (found == pages_.end()) return Page{.status = 404, .content = "nothing here"};
  return found->second;
}

}  // namespace vitrine::tests
