#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace vitrine::http {

/// Takes the chunked transfer coding (RFC 9112 §7.1) off a body, whatever the pieces it arrives in. Works in
/// place, so that the socket can be read in large pieces straight into the memory that the data stays in.
class ChunkDecoder {
 public:
  struct Result {
    std::size_t data = 0;      ///< bytes of the body, moved to the front
    std::size_t consumed = 0;  ///< all that was given, unless the body ended within it
  };

  /// Throws Error{invalid} for what is not the coding. Extensions and trailers are read over.
  Result decode(MutableBytes bytes);

  bool is_done() const { return state_ == State::done; }

 private:
  enum class State { size, blank, extension, size_end, data, data_cr, data_lf, trailer, trailer_end, done };

  void see(char c);
  void end_of_digits(char c);
  void end_of_size_line();

  State state_ = State::size;
  std::uint64_t left_ = 0;  ///< of the chunk's data; while its size is read, the size so far
  unsigned digits_ = 0;
  std::size_t line_ = 0;      ///< bytes of the present line outside data
  std::size_t trailers_ = 0;  ///< bytes of all trailers
};

}  // namespace vitrine::http
