#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "fetch/address_class.h"
#include "fetch/reach.h"
#include "fetch/uri.h"

namespace vitrine::fetch {

struct ClientSettings {
  std::chrono::milliseconds connect_timeout{10'000};  ///< for name, connection and TLS together
  std::chrono::milliseconds read_timeout{60'000};     ///< without a byte while somebody waits for one
  std::string ca_file;                                ///< authorities in PEM; empty: those of the system
  bool verifies_peers = true;
  /// Of the one certificate that a server is trusted by, whoever signed it and for whatever name: its SHA-1
  /// or SHA-256 in lower-case hexadecimal. Empty: authorities decide.
  std::string fingerprint;
  std::string certificate_file;        ///< shown to servers that ask for one, in PEM; empty: none
  std::string key_file;                ///< of that certificate; empty: in the same file
  std::map<std::string, Uri> proxies;  ///< by the scheme of what is asked for
  /// Hosts that are asked without a proxy, as Proxies::exempt writes them.
  std::vector<std::string> unproxied;
};

enum class Method { get, head, post, put, remove };

/// A header of a request. The value may be a secret: it is never in a message.
struct Header {
  std::string name;
  std::string value;
};

struct Request {
  Method method = Method::get;
  Uri uri;
  /// Beside those that come of themselves, such as the one that wants no encoded content. Sent to this server
  /// and no other, whatever redirects say; a proxy sees them only if the scheme is http.
  std::vector<Header> headers;
  /// Of a POST or PUT, which is sent a second time if a kept connection breaks before the answer begins.
  std::string body;
  /// Of a body that is pushed: the server is asked whether it wants it, which costs a round trip and spares
  /// the whole transfer when it does not. One that says nothing gets it after a second.
  bool asks_before_body = false;
  std::optional<ByteRange> range;  ///< asked for with a Range header; its length is not 0
  std::string if_range;  ///< version that the range is wanted of, else the whole is; empty: any version
  /// No connection is made, and none is used again, to an address beyond it. Through a proxy addresses are
  /// the proxy's business and nothing is checked.
  Reach reach = {};
  Deadline deadline = Deadline::max();  ///< counts until the body is read
  std::stop_token stop;                 ///< likewise
  /// How long the answer to a body that is pushed is still waited for when a stop comes after all of it was
  /// sent. It may be carried out all the same, and whoever undoes it must come after that.
  std::chrono::milliseconds settling_time{0};
};

class Exchange;
class Sending;

/// An answer whose head is here and whose body is pulled. Destroyed before the body's end, it closes its
/// connection. Used by one thread at a time; must not outlive its Client.
class Response {
 public:
  explicit Response(std::unique_ptr<Exchange> exchange);
  ~Response();
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  unsigned status() const;
  /// The first header of this name, in any case of letters.
  std::optional<std::string_view> header(std::string_view name) const;
  /// Bytes of the body, or for HEAD of the body that GET would bring, if the server says.
  std::optional<std::uint64_t> content_length() const;
  /// Where the answer came from; nothing if a proxy asked for us.
  std::optional<AddressClass> peer_class() const;

  /// Fills the space; less only at the body's end, and 0 after it. Throws Error{unavailable} if the body is
  /// cut short, Error{timed_out}, Error{cancelled}.
  std::size_t read(MutableBytes space);

  /// Returns as soon as there is at least one byte; 0 at the body's end. What came before the body breaks off
  /// is returned before the failure is thrown. Throws as read() does.
  std::size_t read_some(MutableBytes space);

  /// The rest of the body, of which no more than `most` bytes are read.
  std::string read_text(std::size_t most);

 private:
  std::unique_ptr<Exchange> exchange_;
};

class Connections;

/// Speaks HTTP/1.1 over TCP and TLS to other servers, and keeps connections for later requests. Calls block;
/// it has no thread of its own. Looks at no environment variable, follows no redirect (redirects.h does), and
/// keeps credentials out of its messages. May be shared between threads.
class Client {
 public:
  explicit Client(ClientSettings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends the request, whose scheme is http or https, and waits for the head of the answer, whatever its
  /// status. Throws Error{unavailable} if there is no resolving, connecting, trusting or understanding the
  /// server, Error{invalid} if its address is out of the request's reach, Error{timed_out},
  /// Error{cancelled}. A header that would end before its end is Error{invalid}, too.
  std::unique_ptr<Response> send(const Request& request);

  /// Connects and sends the head of a PUT, POST or DELETE whose body is then pushed and not in the request;
  /// without a length it is sent in chunks. Returns when the server may have the body, or has answered
  /// without it. Throws as send() does.
  std::unique_ptr<Sending> begin(const Request& request, std::optional<std::uint64_t> length);

 private:
  const ClientSettings settings_;
  std::unique_ptr<Connections> connections_;
};

}  // namespace vitrine::fetch
