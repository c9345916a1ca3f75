#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace vitrine::fetch {

/// The body of a request while it is pushed: what one side gives and the other takes. Used by one thread.
class PushedBody {
 public:
  /// `length`: bytes, if they are known.
  explicit PushedBody(std::optional<std::uint64_t> length) : length_(length) {}

  std::optional<std::uint64_t> length() const { return length_; }

  /// Borrows the bytes until drop().
  void offer(Bytes bytes) { rest_ = bytes; }
  void drop() { rest_ = {}; }
  void end() { is_ended_ = true; }

  /// Whether all is taken that is there.
  bool is_drained() const { return rest_.empty(); }
  /// Whether the taker has come for the first byte.
  bool is_wanted() const { return is_wanted_; }
  /// Whether all is taken that will ever be there.
  bool is_sent() const { return is_ended_ && rest_.empty(); }
  /// Whether the taker knows that it has all.
  bool is_whole() const { return length_ ? taken_ == *length_ : is_sent(); }
  std::uint64_t taken() const { return taken_; }
  /// Whether the taker may have all that belongs to the request.
  bool may_be_complete() const { return taken_ > 0 || length_ == 0; }

  /// How many bytes were put into the space; nothing if there is none now, but may be later. 0: the end.
  std::optional<std::size_t> take(MutableBytes space);

 private:
  const std::optional<std::uint64_t> length_;
  Bytes rest_;  ///< of the piece that is being taken
  std::uint64_t taken_ = 0;
  bool is_wanted_ = false;
  bool is_ended_ = false;
};

}  // namespace vitrine::fetch
