#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "stores/driver.h"
#include "stores/driver_rules.h"
#include "threads/buffer_pool.h"

namespace vitrine::stores {

/// A read or write that is under way. Destroyed, it ends first, or lets go of its memory.
class PendingTransfer {
 public:
  virtual ~PendingTransfer() = default;
  /// Whether wait() returns at once; false, too, if that cannot be told.
  virtual bool has_ended() const { return false; }
  /// Waits for the end. Throws Error.
  virtual void wait(const StoreCall& call) = 0;
};

/// How much is read at a time, and how many of these pieces at the same time. Pieces end at multiples of
/// their size, and begin and end at multiples of `block`.
struct ReadAheadShape {
  std::size_t piece;
  std::size_t window;
  std::size_t block = 1;
};

/// Reads a stretch in pieces, ahead of those who want them. Used by one thread; what it lent may outlive it.
class ReadAhead {
 public:
  /// Begins to fill the memory's first `length` bytes from the offset. Throws Error.
  using Start = std::function<std::unique_ptr<PendingTransfer>(
      std::uint64_t offset, const std::shared_ptr<std::byte[]>& memory, std::size_t length)>;

  /// The call is borrowed. `check` is asked before pieces that have come are given out, and throws Error if
  /// they are not to be.
  ReadAhead(const StoreCall& call, Stretch stretch, ReadAheadShape shape, Start start,
            std::function<void()> check = {});

  /// As those of BlobReader.
  std::size_t read(MutableBytes space);
  Chunk lend();

 private:
  struct Piece {
    std::size_t begin;  ///< what is wanted of the buffer
    std::size_t end;
    threads::Buffer buffer;
    Chunk bytes;                               ///< once they may be given out
    std::unique_ptr<PendingTransfer> pending;  // last: it ends before its buffer
  };

  bool prepare_first();
  void fill_window();
  void start_piece(threads::Buffer buffer);
  Chunk take(std::size_t most);

  const StoreCall& call_;
  const ReadAheadShape shape_;
  const Start start_;
  const std::function<void()> check_;
  threads::BufferPool buffers_;
  std::uint64_t next_;  ///< offset of what is to be asked for
  const std::uint64_t end_;
  std::deque<Piece> pieces_;  ///< in their order
  std::size_t taken_ = 0;     ///< bytes of the first one
};

}  // namespace vitrine::stores
