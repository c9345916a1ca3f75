#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "http/async.h"
#include "http/chunk_decoder.h"
#include "http/connection.h"
#include "http/request_head.h"

namespace vitrine::http {

/// Reads one request's body, whether it has a length or is chunked. Bytes that follow it stay in the
/// connection's inbox. A client that expects `100 Continue` gets it just before the first read. Besides what
/// waiting throws: Error{invalid} for a malformed body, Error{cancelled} if the client leaves before its end.
class BodyReader {
 public:
  BodyReader(Connection& connection, const Head& head, const Pace& pace);

  bool is_done() const { return is_chunked_ ? decoder_.is_done() : left_ == 0; }

  /// Waits until there is something to read, so that the caller needs no memory before.
  Async<void> ready();
  /// Some bytes, at least one unless the body is done.
  Async<std::size_t> read(MutableBytes into);
  /// As many bytes as fit, or fewer, even none, if the body is done or the client makes a pause.
  Async<std::size_t> fill(MutableBytes into);

 private:
  Async<void> permit();
  MutableBytes wanted(MutableBytes into) const;
  std::size_t accept(MutableBytes raw);

  Connection& connection_;
  Pace pace_;
  bool awaits_permission_;
  bool is_chunked_;
  std::uint64_t left_;
  ChunkDecoder decoder_;
};

}  // namespace vitrine::http
