#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/bytes.h"
#include "base/clock.h"

namespace vitrine::threads {

/// Memory that its owner may write; freeze() makes it a Chunk that many may read. Destroyed, it returns to
/// its pool.
class Buffer {
 public:
  Buffer() = default;
  Buffer(std::shared_ptr<std::byte[]> memory, std::size_t capacity);

  MutableBytes space() const { return {memory_.get(), capacity_}; }
  std::size_t capacity() const { return capacity_; }
  explicit operator bool() const { return memory_ != nullptr; }
  /// For those who write it later, and may not notice that it has become a chunk.
  const std::shared_ptr<std::byte[]>& memory() const { return memory_; }

  /// The first `size` bytes as a chunk; the buffer is empty afterwards.
  Chunk freeze(std::size_t size);

 private:
  std::shared_ptr<std::byte[]> memory_;
  std::size_t capacity_ = 0;
};

/// Whoever gives buffers. May be shared between threads.
class BufferSource {
 public:
  virtual ~BufferSource() = default;
  /// Waits for one; throws Error{timed_out} at the deadline, Error{cancelled} when the stop token asks.
  /// Worker threads only.
  virtual Buffer take(Deadline deadline, std::stop_token stop = {}) = 0;
};

/// A bounded number of equally large buffers, which image data travels in. May be shared between
/// threads; buffers and chunks may outlive it. Memory is taken from the system when first needed and given
/// back when more than a reserve has been idle.
class BufferPool : public BufferSource {
 public:
  /// `reserve` in bytes.
  BufferPool(std::size_t buffer_size, std::size_t count, std::size_t reserve = std::size_t{4} << 20);
  ~BufferPool() override;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  std::size_t buffer_size() const;

  /// Nothing when all are in use.
  std::optional<Buffer> try_take();
  Buffer take(Deadline deadline, std::stop_token stop = {}) override;
  /// Calls back once with a buffer, at once or later, on whichever thread returned it; callbacks are served
  /// in order. The callback must be quick and must not throw. With the pool's end, those still waiting are
  /// dropped uncalled.
  void when_available(std::function<void(Buffer)> callback);

  std::size_t in_use() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Large buffers as long as there are some, which save switches between threads, then small ones, of which
/// those who hold a buffer for long cost little.
class BufferPools : public BufferSource {
 public:
  struct Class {
    std::size_t buffer_size;  ///< bytes
    std::size_t count;        ///< 0: there are none of this class
  };
  BufferPools(Class large, Class small);

  Buffer take(Deadline deadline, std::stop_token stop = {}) override;

 private:
  std::optional<BufferPool> large_;
  BufferPool small_;
};

}  // namespace vitrine::threads
