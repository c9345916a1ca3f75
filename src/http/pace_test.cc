#include "http/pace.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Pace, ASilentPeerIsTooSlow) {
  Pace pace = Pace::steady(seconds(10), 0);

  EXPECT_TRUE(
      pace.is_too_slow({.length = seconds(10), .is_over = true, .moved_before = 5, .moved_after = 5}));
}

TEST(Pace, ASlowButSteadyPeerIsNot) {
  Pace pace = Pace::steady(seconds(10), 64);

  for (std::uint64_t moved = 0; moved < 100'000; moved += 100) {
    ASSERT_FALSE(pace.is_too_slow(
        {.length = seconds(1), .is_over = false, .moved_before = moved, .moved_after = moved}));
  }
}

TEST(Pace, ATricklingPeerIsTooSlowOnAverage) {
  Pace pace = Pace::steady(seconds(10), 64);
  std::uint64_t moved = 0;
  int waits = 0;

  while (!pace.is_too_slow(
      {.length = seconds(1), .is_over = false, .moved_before = moved, .moved_after = moved})) {
    ++moved;
    ASSERT_LT(++waits, 20);
  }

  EXPECT_EQ(waits, 9);
}

TEST(Pace, AWholeWaitInWhichEnoughLeftTheSocketIsFine) {
  Pace pace = Pace::steady(seconds(10), 64);

  EXPECT_FALSE(
      pace.is_too_slow({.length = seconds(10), .is_over = true, .moved_before = 0, .moved_after = 640}));
  EXPECT_TRUE(
      pace.is_too_slow({.length = seconds(10), .is_over = true, .moved_before = 640, .moved_after = 641}));
}

TEST(Pace, AFixedDeadlineStaysWhereItIs) {
  const Deadline deadline = deadline_in(seconds(3));
  Pace pace = Pace::until(deadline);

  EXPECT_EQ(pace.deadline(std::chrono::steady_clock::now()), deadline);
  EXPECT_FALSE(
      pace.is_too_slow({.length = seconds(1), .is_over = false, .moved_before = 0, .moved_after = 0}));
  EXPECT_TRUE(
      pace.is_too_slow({.length = milliseconds(1), .is_over = true, .moved_before = 0, .moved_after = 900}));
}

}  // namespace
}  // namespace vitrine::http
