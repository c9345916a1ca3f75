#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/fd.h"

namespace vitrine {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Part of a blob: `length` bytes from `offset`, or all that follows when there is no length.
struct ByteRange {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

/// A counted reference to bytes that nobody changes any more. Copies share the memory; the last one returns
/// it to the BufferPool it came from. Copies may be used on different threads.
class Chunk {
 public:
  Chunk() = default;
  Chunk(std::shared_ptr<const std::byte[]> memory, std::size_t size)
      : memory_(std::move(memory)), size_(size) {}

  Bytes bytes() const { return {memory_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// `size` of its bytes from the offset, of the same memory.
  Chunk part(std::size_t offset, std::size_t size) const {
    return {std::shared_ptr<const std::byte[]>(memory_, memory_.get() + offset), size};
  }

 private:
  std::shared_ptr<const std::byte[]> memory_;
  std::size_t size_ = 0;
};

/// Bytes that are pulled one chunk after the other, in order. `read` blocks, so it is called on a worker
/// thread, by one thread at a time; an empty chunk is the end. Throws Error.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual Chunk read() = 0;
};

/// A stretch of an open file, for sendfile(2).
struct FileRange {
  UniqueFd file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// What goes on with a body that began as a FileRange when the file fails.
class Fallback : public ByteSource {
 public:
  /// Called once, before read(): `sent` bytes of the range went out, then `failure` came. Throws Error if
  /// there is nothing to go on with.
  virtual void resume(std::uint64_t sent, std::exception_ptr failure) = 0;
};

}  // namespace vitrine
