#include "http/chunk_decoder.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace vitrine::http {
namespace {

constexpr unsigned most_digits = 15;  // so that no size can overflow
constexpr std::size_t longest_size_line = 4096;
constexpr std::size_t most_trailers = std::size_t{64} * 1024;

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorCode::invalid, std::string("The chunked request body is malformed: ") + what + ".");
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkDecoder::Result ChunkDecoder::decode(MutableBytes bytes) {
  Result result;
  while (result.consumed < bytes.size() && state_ != State::done) {
    if (state_ != State::data) {
      see(static_cast<char>(bytes[result.consumed++]));
      continue;
    }
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - result.consumed));
    if (result.data != result.consumed) {
      std::memmove(bytes.data() + result.data, bytes.data() + result.consumed, size);
    }
    result.data += size;
    result.consumed += size;
    left_ -= size;
    if (left_ == 0) state_ = State::data_cr;
  }
  return result;
}

void ChunkDecoder::see(char c) {
  switch (state_) {
    case State::size:
      if (const int digit = hex_value(c); digit >= 0) {
        if (++digits_ > most_digits) refuse("a chunk size has too many digits");
        left_ = left_ * 16 + static_cast<unsigned>(digit);
        return;
      }
      if (digits_ == 0) refuse("a chunk size is missing");
      end_of_digits(c);
      return;
    case State::blank:
      if (++line_ > longest_size_line) refuse("a chunk extension is too long");
      end_of_digits(c);
      return;
    case State::extension:
      if (c == '\n') refuse("a chunk size line does not end with CR LF");
      if (++line_ > longest_size_line) refuse("a chunk extension is too long");
      if (c == '\r') state_ = State::size_end;
      return;
    case State::size_end:
      if (c != '\n') refuse("a chunk size line does not end with CR LF");
      end_of_size_line();
      return;
    case State::data_cr:
      if (c != '\r') refuse("a chunk is longer than its size says");
      state_ = State::data_lf;
      return;
    case State::data_lf:
      if (c != '\n') refuse("a chunk does not end with CR LF");
      state_ = State::size;
      digits_ = 0;
      return;
    case State::trailer:
      if (c == '\n') refuse("a trailer does not end with CR LF");
      if (++trailers_ > most_trailers) refuse("the trailers are too long");
      if (c == '\r') {
        state_ = State::trailer_end;
      } else {
        ++line_;
      }
      return;
    case State::trailer_end:
      if (c != '\n') refuse("a trailer does not end with CR LF");
      state_ = line_ == 0 ? State::done : State::trailer;
      line_ = 0;
      return;
    case State::data:
    case State::done:
      return;
  }
}

/// RFC 9112 §7.1.1 lets blanks stand before an extension, and old senders pad their sizes with them.
void ChunkDecoder::end_of_digits(char c) {
  if (c == '\r') {
    state_ = State::size_end;
  } else if (c == ';') {
    state_ = State::extension;
  } else if (c == ' ' || c == '\t') {
    state_ = State::blank;
  } else {
    refuse("a chunk size is not hexadecimal");
  }
}

void ChunkDecoder::end_of_size_line() {
  line_ = 0;
  state_ = left_ == 0 ? State::trailer : State::data;
}

}  // namespace vitrine::http
