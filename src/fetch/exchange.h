#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "fetch/client.h"
#include "fetch/connections.h"
#include "fetch/pushed_body.h"

namespace vitrine::fetch {

/// The head of an answer.
struct Head {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< in the order received
};

/// One request and its answer, made with libcurl. It runs only while somebody calls it; between calls the
/// server is held back by TCP. Used by one thread at a time.
class Exchange {
 public:
  /// With `body` the request's body is pushed with send(). The settings outlive the connections.
  Exchange(Connections& connections, const ClientSettings& settings, const Request& request,
           std::optional<PushedBody> body = {});
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Waits until the pushed body may be sent, or there is a head. Throws as Client::send does, like the next
  /// three.
  void await_body_wanted();
  /// Waits until all of it is taken, or the server wants none of it.
  void send(Bytes bytes);
  void end_body() { body_->end(); }
  /// Whether there is a head that says that no more of the body is wanted.
  bool is_refused() const { return has_head_ && head_.status >= 300; }
  std::uint64_t body_accepted() const { return body_->taken(); }

  /// Waits for the head.
  void await_head();
  const Head& head() const { return head_; }
  std::optional<std::uint64_t> content_length() const;
  std::optional<AddressClass> peer_class() const { return peer_class_; }
  /// Throws as Response::read does.
  std::size_t read(MutableBytes space);
  std::size_t read_some(MutableBytes space);

 private:
  using Instant = std::chrono::steady_clock::time_point;

  /// What libcurl calls.
  struct Callbacks;

  void ask(const Request& request);
  void ask_with(const Request& request);
  void push_body();
  void connect_as(const ClientSettings& settings, const Uri& uri);
  void listen();

  void take_header(std::string_view line);
  bool may_reach(std::string_view address);
  std::size_t read_until(MutableBytes space, const std::function<bool()>& is_enough);
  /// Lets the transfer go on until there is enough or it is over.
  void drive(const std::function<bool()>& is_enough);
  void require_time();
  bool may_settle(Instant now);
  void note_sent();
  void perform();
  void wait();
  void take_surplus();
  Error failure() const;

  Connections& connections_;
  const std::string origin_;
  const std::chrono::milliseconds read_timeout_;
  const Reach reach_;
  const Deadline deadline_;
  const std::stop_token stop_;
  const std::chrono::milliseconds settling_time_;
  const bool is_proxied_;

  Head head_;
  std::size_t head_size_ = 0;
  bool has_head_ = false;
  bool has_tried_ = false;  ///< to connect to an address that it may reach
  bool is_connected_ = false;
  bool is_over_ = false;
  std::optional<std::string> refusal_;  ///< why we broke it off ourselves
  ErrorCode refusal_code_ = ErrorCode::unavailable;
  int result_ = 0;  ///< a CURLcode, once it is over
  std::optional<AddressClass> peer_class_;
  Instant last_progress_;
  Instant settled_by_ = Instant::max();  ///< once a stop found the body sent

  std::optional<PushedBody> body_;
  const bool asks_before_body_;
  std::int64_t sent_ = 0;  ///< bytes of the body that the system has taken

  MutableBytes space_;              ///< what the reader has room for
  std::vector<std::byte> surplus_;  ///< came together with what the reader had room for
  std::size_t surplus_taken_ = 0;

  std::array<char, 256> error_text_{};  ///< libcurl writes here
  HeaderList headers_;
  Multi multi_;
  Easy easy_;
};

}  // namespace vitrine::fetch
