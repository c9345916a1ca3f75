#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "stores/store_set.h"
#include "tests/support/faulty_driver.h"
#include "tests/support/memory_driver.h"
#include "threads/buffer_pool.h"

namespace vitrine::tests {

/// A memory store that can be made to go wrong.
class TestStore {
 public:
  using Decorate = std::function<std::unique_ptr<stores::Driver>(std::unique_ptr<stores::Driver>)>;

  /// `decorate` adds abilities to the memory driver, beneath the faults.
  explicit TestStore(const std::string& id, const Decorate& decorate = {}) {
    auto driver = std::make_unique<MemoryDriver>();
    memory = driver.get();
    std::unique_ptr<stores::Driver> inner = std::move(driver);
    if (decorate) inner = decorate(std::move(inner));
    auto faulty = std::make_unique<FaultyDriver>(std::move(inner), faults);
    owned = std::make_unique<stores::Store>(
        stores::StoreTraits{.id = id, .type = "memory", .schemes = {"memory"}}, std::move(faulty), 2);
    store = owned.get();
  }

  Faults faults;
  MemoryDriver* memory;
  std::unique_ptr<stores::Store> owned;  ///< until a StoreSet takes it
  stores::Store* store;
};

/// The error code that the call throws.
inline ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::internal;
}

/// The message of the Error that the call throws.
inline std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

/// Bytes that differ from place to place, so that a piece out of place shows.
inline std::string pattern(std::size_t size) {
  std::string result(size, '\0');
  std::uint32_t state = 1;
  for (char& c : result) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return result;
}

inline Chunk chunk_of(threads::BufferPool& buffers, std::string_view text) {
  threads::Buffer buffer = buffers.take(Deadline::max());
  std::ranges::copy(bytes_of(text), buffer.space().begin());
  return buffer.freeze(text.size());
}

/// Waits until nothing runs on the pool: a lane's last run may still be on its way out after the lane has
/// ended.
inline void wait_until_idle(const threads::WorkerPool& pool) {
  while (pool.load() > 0) std::this_thread::yield();
}

}  // namespace vitrine::tests
