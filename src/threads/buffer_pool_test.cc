#include "threads/buffer_pool.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/error.h"

namespace vitrine::threads {
namespace {

void fill(const Buffer& buffer) {
  std::ranges::fill(buffer.space(), std::byte{7});
}

/// Whether the first page of the memory takes up space in RAM.
bool is_resident(const std::byte* memory) {
  unsigned char state = 0;
  EXPECT_EQ(::mincore(const_cast<std::byte*>(memory), 1, &state), 0);
  return (state & 1) != 0;
}

TEST(BufferPool, LendsAsManyAsItHasAndNoMore) {
  BufferPool pool(4096, 2);

  const auto first = pool.try_take();
  const auto second = pool.try_take();

  EXPECT_TRUE(first && second);
  EXPECT_FALSE(pool.try_take());
  EXPECT_EQ(pool.in_use(), 2u);
}

TEST(BufferPool, BuffersDoNotOverlapAndStartOnAPage) {
  BufferPool pool(5000, 3);
  std::vector<Buffer> buffers;
  for (int i = 0; i < 3; ++i) buffers.push_back(*pool.try_take());

  for (std::size_t i = 0; i < buffers.size(); ++i) {
    std::ranges::fill(buffers[i].space(), static_cast<std::byte>(i));
  }

  for (std::size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_EQ(buffers[i].space().size(), 5000u);
    EXPECT_TRUE(
        std::ranges::all_of(buffers[i].space(), [i](std::byte b) { return b == static_cast<std::byte>(i); }));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffers[i].space().data()) % 4096, 0u);
  }
}

TEST(BufferPool, FrozenBufferReturnsWithTheLastCopyOfItsChunk) {
  BufferPool pool(4096, 1);
  Buffer buffer = *pool.try_take();
  fill(buffer);

  Chunk chunk = buffer.freeze(100);
  Chunk copy = chunk;
  chunk = {};

  EXPECT_FALSE(buffer);
  EXPECT_EQ(buffer.capacity(), 0u);
  EXPECT_EQ(copy.size(), 100u);
  EXPECT_EQ(copy.bytes()[99], std::byte{7});
  EXPECT_EQ(pool.in_use(), 1u);
  copy = {};
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(BufferPool, ChunkMayOutliveThePool) {
  Chunk chunk;
  {
    BufferPool pool(4096, 2);
    Buffer buffer = *pool.try_take();
    fill(buffer);
    chunk = buffer.freeze(4096);
  }

  EXPECT_EQ(chunk.bytes()[4095], std::byte{7});
}

TEST(BufferPool, TakeWaitsForABuffer) {
  BufferPool pool(4096, 1);
  Buffer held = *pool.try_take();

  std::thread returner([&] { held = {}; });
  const Buffer taken = pool.take(Deadline::max());
  returner.join();

  EXPECT_TRUE(taken);
}

TEST(BufferPool, TakeGivesUpAtTheDeadlineAndLeavesTheQueue) {
  BufferPool pool(4096, 1);
  Buffer held = *pool.try_take();

  try {
    pool.take(deadline_in(std::chrono::milliseconds(1)));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::timed_out);
  }

  held = {};
  EXPECT_TRUE(pool.try_take());
}

TEST(BufferPool, StopTokenEndsAWaitingTake) {
  BufferPool pool(4096, 1);
  const Buffer held = *pool.try_take();
  std::stop_source stop;

  std::thread stopper([&] { stop.request_stop(); });
  try {
    pool.take(Deadline::max(), stop.get_token());
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  stopper.join();
}

TEST(BufferPool, CallsBackAtOnceWhenABufferIsIdle) {
  BufferPool pool(4096, 1);
  bool called = false;

  pool.when_available([&](const Buffer& buffer) { called = static_cast<bool>(buffer); });

  EXPECT_TRUE(called);
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(BufferPool, ServesWaitingCallbacksInOrder) {
  BufferPool pool(4096, 1);
  Buffer held = *pool.try_take();
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) pool.when_available([&order, i](const Buffer&) { order.push_back(i); });

  EXPECT_TRUE(order.empty());
  held = {};

  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(BufferPool, ManyCallbacksThatDropTheirBufferDoNotDeepenTheStack) {
  BufferPool pool(4096, 1);
  Buffer held = *pool.try_take();
  int called = 0;
  for (int i = 0; i < 100'000; ++i) pool.when_available([&called](const Buffer&) { ++called; });

  held = {};

  EXPECT_EQ(called, 100'000);
}

TEST(BufferPool, ACallbackMayHoldABufferOfThePoolItself) {
  BufferPool pool(4096, 2);
  Buffer first = *pool.try_take();
  auto second = std::make_shared<Buffer>(*pool.try_take());
  int called = 0;
  pool.when_available([&called, held = std::move(second)](const Buffer&) { ++called; });

  first = {};

  EXPECT_EQ(called, 1);
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(BufferPool, DropsWaitingCallbacksUncalledWithItsEnd) {
  Buffer held;
  bool called = false;
  {
    BufferPool pool(4096, 1);
    held = *pool.try_take();
    pool.when_available([&](const Buffer&) { called = true; });
  }

  held = {};

  EXPECT_FALSE(called);
}

TEST(BufferPool, GivesIdleMemoryBackToTheSystemBeyondASmallReserve) {
  constexpr std::size_t size = std::size_t{1} << 20;
  BufferPool pool(size, 16);
  std::vector<Buffer> buffers;
  std::vector<const std::byte*> memory;
  for (int i = 0; i < 16; ++i) {
    buffers.push_back(*pool.try_take());
    fill(buffers.back());
    memory.push_back(buffers.back().space().data());
  }

  buffers.clear();

  EXPECT_EQ(std::ranges::count_if(memory, is_resident), 4);
}

TEST(BufferPool, ThreadsMayShareIt) {
  BufferPool pool(4096, 3);
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          Buffer buffer = pool.take(Deadline::max());
          buffer.space()[0] = std::byte{1};
          const Chunk chunk = buffer.freeze(1);
          ++taken;
        }
      });
    }
  }

  EXPECT_EQ(taken, 2000);
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(BufferPools, GiveLargeBuffersAsLongAsThereAreSome) {
  BufferPools pools({.buffer_size = 8192, .count = 2}, {.buffer_size = 4096, .count = 2});
  const Deadline soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);

  Buffer first = pools.take(Deadline::max());
  const Buffer second = pools.take(Deadline::max());
  const Buffer third = pools.take(Deadline::max());
  const Buffer fourth = pools.take(Deadline::max());

  EXPECT_EQ(first.capacity(), 8192u);
  EXPECT_EQ(second.capacity(), 8192u);
  EXPECT_EQ(third.capacity(), 4096u);
  EXPECT_EQ(fourth.capacity(), 4096u);
  EXPECT_THROW(pools.take(soon), Error) << "waits for a small one";
  first = Buffer();
  EXPECT_EQ(pools.take(Deadline::max()).capacity(), 8192u);
}

TEST(BufferPools, MayHaveNoLargeOnes) {
  BufferPools pools({.buffer_size = 8192, .count = 0}, {.buffer_size = 4096, .count = 1});

  EXPECT_EQ(pools.take(Deadline::max()).capacity(), 4096u);
}

}  // namespace
}  // namespace vitrine::threads
