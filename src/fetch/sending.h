#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "fetch/client.h"

namespace vitrine::fetch {

/// A request whose body is pushed piece by piece; see Client::begin(). Its bytes are held back by the server:
/// write() returns when all but a last small rest of them is on the way. Nothing moves between calls, and
/// the time between them counts for no time-out. Destroyed before finish(), it closes its connection, so that
/// the server sees an unfinished body and no request. Used by one thread at a time; must not outlive its
/// Client.
///
/// A request that the server may have got is never sent twice, other than with Client::send(). When write()
/// or finish() throws Error{unavailable} or Error{timed_out}, the request may be made again by whoever still
/// has the whole body, and by anyone if accepted() is 0.
class Sending {
 public:
  Sending(std::unique_ptr<Exchange> exchange, std::optional<std::uint64_t> length);
  ~Sending();
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

  /// Throws as Client::send() does, Error{timed_out} if the server takes no byte for the read time-out, and
  /// Error{invalid} for more bytes than were announced. What comes after is_answered() is dropped.
  void write(Bytes bytes);

  /// The server has refused the request, redirected it or failed before it had the whole body. It takes no
  /// more of it: finish() has the answer.
  bool is_answered() const;

  /// Bytes of the body that were taken from write() to be sent.
  std::uint64_t accepted() const;

  /// Ends the body, unless the server has answered already, and waits for the head of the answer; nothing may
  /// be called afterwards. Throws as write() does, Error{invalid} for fewer bytes than were announced.
  std::unique_ptr<Response> finish();

 private:
  std::unique_ptr<Exchange> exchange_;
  const std::optional<std::uint64_t> length_;
  std::uint64_t written_ = 0;
};

}  // namespace vitrine::fetch
