#include "keystone/token_cache.h"

#include <gtest/gtest.h>

#include <thread>

namespace vitrine::keystone {
namespace {

using std::chrono::seconds;

TokenKey key(unsigned number) {
  TokenKey key{};
  key[0] = std::byte(number);
  key[1] = std::byte(number >> 8);
  key[31] = std::byte(number);
  return key;
}

class TokenCacheTest : public ::testing::Test {
 protected:
  TokenCache cache(std::size_t size, std::size_t parts = 1) {
    return TokenCache({.size = size, .time = seconds(10), .parts = parts}, clock_);
  }

  FakeClock clock_{Timestamp(seconds(1'000'000))};
  const Verdict known_ = std::make_shared<const Token>();
};

TEST_F(TokenCacheTest, FindsWhatWasKept) {
  TokenCache cache = this->cache(4);
  cache.keep(key(1), known_);
  cache.keep(key(2), nullptr);

  EXPECT_EQ(cache.find(key(1)), known_);
  EXPECT_EQ(cache.find(key(2)), Verdict());
  EXPECT_EQ(cache.find(key(3)), std::nullopt);
}

TEST_F(TokenCacheTest, ForgetsInTime) {
  TokenCache cache = this->cache(4);
  cache.keep(key(1), known_);

  clock_.advance(seconds(10) - std::chrono::microseconds(1));
  EXPECT_TRUE(cache.find(key(1)));
  clock_.advance(std::chrono::microseconds(1));
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(TokenCacheTest, KeepsNothingLongerBecauseTheClockIsSetBack) {
  TokenCache cache = this->cache(4);
  cache.keep(key(1), known_);

  clock_.advance(-std::chrono::hours(1));

  EXPECT_FALSE(cache.find(key(1)));
}

TEST_F(TokenCacheTest, LetsTheOneUnusedForLongestGiveWay) {
  TokenCache cache = this->cache(2);
  cache.keep(key(1), known_);
  cache.keep(key(2), known_);
  cache.find(key(1));

  cache.keep(key(3), known_);

  EXPECT_TRUE(cache.find(key(1)));
  EXPECT_FALSE(cache.find(key(2)));
  EXPECT_TRUE(cache.find(key(3)));
}

TEST_F(TokenCacheTest, TakesANewVerdictForAnOldOne) {
  TokenCache cache = this->cache(2);
  cache.keep(key(1), known_);
  clock_.advance(seconds(6));
  cache.keep(key(1), nullptr);
  clock_.advance(seconds(6));

  EXPECT_EQ(cache.find(key(1)), Verdict());
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(TokenCacheTest, NeverHoldsMoreThanItMay) {
  TokenCache cache = this->cache(64, 16);

  for (unsigned number = 0; number < 5'000; ++number) cache.keep(key(number), known_);

  EXPECT_EQ(cache.size(), 64u);
}

TEST_F(TokenCacheTest, KeepsNothingIfItMayHoldNothing) {
  TokenCache without_room = cache(0, 16);
  TokenCache without_time({.size = 10, .time = seconds(0)}, clock_);
  without_room.keep(key(1), known_);
  without_time.keep(key(1), known_);

  EXPECT_EQ(without_room.size() + without_time.size(), 0u);
}

TEST_F(TokenCacheTest, ServesManyThreads) {
  TokenCache cache = this->cache(100, 4);
  {
    std::vector<std::jthread> threads;
    for (unsigned offset = 0; offset < 4; ++offset) {
      threads.emplace_back([&, offset] {
        for (unsigned i = 0; i < 2'000; ++i) {
          cache.keep(key(i + offset), known_);
          cache.find(key(i));
        }
      });
    }
  }

  EXPECT_LE(cache.size(), 100u);
}

}  // namespace
}  // namespace vitrine::keystone
