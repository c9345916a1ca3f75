#include "threads/options.h"

#include <gtest/gtest.h>

namespace vitrine::threads {
namespace {

TEST(ThreadOptions, ZeroDigestThreadsMeansTheMachinesProcessors) {
  EXPECT_GE(digest_thread_count(0), 1u);
  EXPECT_EQ(digest_thread_count(5), 5u);
}

TEST(ThreadOptions, BufferMemoryIsDividedIntoBuffers) {
  EXPECT_EQ(buffer_count(64 << 20, 512 << 10), 128u);
}

TEST(ThreadOptions, ATransferNeverLacksTheBuffersItNeeds) {
  EXPECT_EQ(buffer_count(1 << 20, 64 << 20), 4u);
}

}  // namespace
}  // namespace vitrine::threads
