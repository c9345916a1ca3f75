#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "http/message.h"

namespace vitrine::http {

/// A request's head, and what it says about the bytes that follow.
struct Head {
  Request request;
  bool is_chunked = false;
  bool expects_continue = false;  ///< the client holds the body back until it reads `100 Continue`
  bool keeps_alive = false;       ///< the client allows another request on the connection
};

/// Looks for the end of a head in input that grows. Refuses early what can never become one: lines that do
/// not end with CR LF, folded lines, another protocol.
class HeadScanner {
 public:
  explicit HeadScanner(std::size_t limit) : limit_(limit) {}

  /// The size of the head at the input's front, its last empty line included; nothing while it is incomplete.
  /// Each call gets what the one before got and more. Throws Error{invalid} or Error{headers_too_large}.
  std::optional<std::size_t> scan(std::string_view input);

 private:
  void check_line(std::string_view line) const;

  std::size_t limit_;
  std::size_t line_start_ = 0;
  bool has_begun_ = false;  ///< something other than empty lines was seen
};

/// Reads a complete head. Throws Error{invalid}, or Error{not_implemented} for a transfer coding other than
/// chunked; `head` then holds as much as was understood.
void parse_head(std::string_view bytes, Head& head);

/// Puts whatever can be made out of a broken or incomplete head into the request.
void guess_head(std::string_view bytes, Head& head);

}  // namespace vitrine::http
