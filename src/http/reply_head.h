#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/message.h"

namespace vitrine::http {

/// How a client finds the end of an answer's body.
enum class Framing {
  none,    ///< the status allows no body
  length,  ///< Content-Length
  chunked,
  until_close,  ///< length unknown and the client knows no chunks
};

/// What is sent of a reply's body, and how.
struct Frame {
  Framing framing = Framing::none;
  std::optional<std::uint64_t> length;  ///< bytes of the body, when they are known
  bool is_head = false;                 ///< only the head is sent
};

Frame frame_of(const Request& request, const Reply& reply);

/// Whether the application wants the connection closed after this reply.
bool asks_to_close(const Reply& reply);

/// The status line and headers with the empty line. Date, Connection and the framing are the server's; line
/// breaks in a value become blanks, so that no value can forge a header.
std::string reply_head(const Reply& reply, const Frame& frame, bool closes);

}  // namespace vitrine::http
