#include "fetch/patience.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"

namespace vitrine::fetch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PatienceSettings settings{
    .attempts = 6, .first_pause = milliseconds(100), .longest_pause = milliseconds(1000)};

TEST(Patience, WaitsTwiceAsLongEachTimeButNoLongerThanItMay) {
  Patience patience(settings);

  for (const int full : {100, 200, 400, 800, 1000}) {
    const auto pause = patience.next_pause();

    ASSERT_TRUE(pause);
    EXPECT_GE(*pause, milliseconds(full / 2));
    EXPECT_LE(*pause, milliseconds(full));
  }
}

TEST(Patience, EndsWithItsAttempts) {
  Patience patience(settings);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(patience.next_pause());

  EXPECT_FALSE(patience.next_pause());
  EXPECT_EQ(patience.failures(), 6u);
}

TEST(Patience, IsNewAfterASuccess) {
  Patience patience(settings);
  for (int i = 0; i < 5; ++i) patience.next_pause();

  patience.restore();

  EXPECT_LE(patience.next_pause(), milliseconds(100));
}

TEST(Patience, IsDrawnAnewForEachPause) {
  Patience patience({.attempts = 1000, .first_pause = seconds(1000), .longest_pause = seconds(1000)});
  const auto first = patience.next_pause();

  bool is_varied = false;
  for (int i = 0; i < 20; ++i) is_varied = is_varied || patience.next_pause() != first;

  EXPECT_TRUE(is_varied);
}

TEST(Patience, WaitsAsLongAsIsAskedWithinItsBounds) {
  Patience patience({.attempts = 100, .first_pause = milliseconds(1), .longest_pause = seconds(30)});

  EXPECT_EQ(patience.next_pause(seconds(7)), seconds(7));
  EXPECT_EQ(patience.next_pause(seconds(3600)), seconds(30));
}

TEST(Patience, DoesNotOverflow) {
  Patience patience({.attempts = 200, .first_pause = seconds(3600), .longest_pause = seconds(7200)});

  for (int i = 0; i < 199; ++i) {
    const auto pause = patience.next_pause();
    EXPECT_GE(pause, seconds(1800));
    EXPECT_LE(pause, seconds(7200));
  }
}

TEST(Pause, EndsWhenItIsStopped) {
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });

  EXPECT_THROW(pause(seconds(300), stop.get_token()), Error);
}

TEST(RetryAfter, IsANumberOfSecondsOrATime) {
  const Timestamp now = parse_time("2026-03-01T09:30:00Z").value();

  EXPECT_EQ(parse_retry_after("120", now), seconds(120));
  EXPECT_EQ(parse_retry_after("Sun, 01 Mar 2026 09:31:30 GMT", now), seconds(90));
  EXPECT_EQ(parse_retry_after("Sun, 01 Mar 2020 09:31:30 GMT", now), seconds(0));
  EXPECT_EQ(parse_retry_after("18446744073709551615", now), seconds(366 * 86400));
}

TEST(RetryAfter, IsBoundedHoweverFarAwayTheTimeIs) {
  const Timestamp now = parse_time("2026-03-01T09:30:00Z").value();

  EXPECT_EQ(parse_retry_after("Sat, 12 Nov 5119 00:00:00 GMT", now), seconds(366 * 86400));
  EXPECT_EQ(parse_retry_after("51191112", now), seconds(366 * 86400));
  EXPECT_EQ(parse_retry_after("51191112 `", now), seconds(366 * 86400)) << "libcurl reads it as a date";
}

TEST(RetryAfter, IsNothingIfItIsMalformed) {
  const Timestamp now = parse_time("2026-03-01T09:30:00Z").value();

  for (const std::string_view text : {"", "soon", "-1", "1.5s"}) {
    EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace vitrine::fetch
