#include "base/clock.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Time, IsWrittenAsTheApiAndTheDatabaseExpect) {
  const Timestamp time{std::chrono::microseconds{1'772'357'400'000'042}};

  EXPECT_EQ(to_iso8601(time), "2026-03-01T09:30:00Z");
  EXPECT_EQ(to_sql_time(time), "2026-03-01 09:30:00.000042");
}

TEST(Time, ReadsWhatItWrites) {
  const Timestamp time{std::chrono::microseconds{1'772'357'400'000'042}};

  EXPECT_EQ(parse_time(to_sql_time(time)), time);
}

TEST(Time, ReadsOffsetsAndShortFractions) {
  EXPECT_EQ(parse_time("2026-03-01T11:30:00.5+02:00"), parse_time("2026-03-01 09:30:00.500000"));
  EXPECT_EQ(parse_time("2026-03-01T09:30:00Z"), parse_time("2026-03-01 09:30:00"));
}

TEST(Time, RefusesWhatIsNotATime) {
  for (const char* text : {"", "yesterday", "2026-03-01", "2026-13-01 00:00:00", "2026-02-30 00:00:00",
                           "2026-03-01 25:00:00", "2026-03-01 00:00:00 ", "2026-03-01 00:00:00."}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace vitrine
