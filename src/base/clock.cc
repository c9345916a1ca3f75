#include "base/clock.h"

#include <fmt/format.h>

#include <charconv>

namespace vitrine {
namespace {

struct CivilTime {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::microseconds> time;
};

CivilTime civil(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<std::chrono::microseconds>{time - day}};
}

/// Takes fixed-width fields off the front of a text; turns false at the first mismatch.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    if (rest_.size() < digits) {
      ok_ = false;
      return 0;
    }
    const char* end = rest_.data() + digits;
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    if (error != std::errc{} || stop != end || rest_.front() == '-') ok_ = false;
    rest_.remove_prefix(digits);
    return value;
  }

  void expect(std::string_view choices) {
    if (!accept(choices)) ok_ = false;
  }

  char accept(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return '\0';
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  std::chrono::microseconds fraction() {
    std::int64_t value = 0;
    int digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (digits < 6) {
        value = value * 10 + (rest_.front() - '0');
        ++digits;
      }
      rest_.remove_prefix(1);
    }
    if (digits == 0) ok_ = false;
    for (; digits < 6; ++digits) value *= 10;
    return std::chrono::microseconds{value};
  }

  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string to_iso8601(Timestamp time) {
  const CivilTime t = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(t.date.year()),
                     static_cast<unsigned>(t.date.month()), static_cast<unsigned>(t.date.day()),
                     t.time.hours().count(), t.time.minutes().count(), t.time.seconds().count());
}

std::string to_sql_time(Timestamp time) {
  const CivilTime t = civil(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", static_cast<int>(t.date.year()),
                     static_cast<unsigned>(t.date.month()), static_cast<unsigned>(t.date.day()),
                     t.time.hours().count(), t.time.minutes().count(), t.time.seconds().count(),
                     t.time.subseconds().count());
}

std::optional<Timestamp> parse_time(std::string_view text) {
  Reader reader(text);
  const std::chrono::year year{reader.number(4)};
  reader.expect("-");
  const std::chrono::month month{static_cast<unsigned>(reader.number(2))};
  reader.expect("-");
  const std::chrono::day day{static_cast<unsigned>(reader.number(2))};
  reader.expect("T ");
  const int hours = reader.number(2);
  reader.expect(":");
  const int minutes = reader.number(2);
  reader.expect(":");
  const int seconds = reader.number(2);
  std::chrono::microseconds fraction{0};
  if (reader.accept(".,")) fraction = reader.fraction();
  std::chrono::minutes offset{0};
  if (const char sign = reader.accept("+-"); sign != '\0') {
    const int offset_hours = reader.number(2);
    reader.accept(":");
    offset = std::chrono::hours{offset_hours} + std::chrono::minutes{reader.number(2)};
    if (sign == '-') offset = -offset;
  } else {
    reader.accept("Zz");
  }
  const std::chrono::year_month_day date{year, month, day};
  if (!reader.ok() || !reader.at_end() || !date.ok() || hours > 23 || minutes > 59 || seconds > 60) return {};
  return Timestamp{std::chrono::sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} +
                   std::chrono::seconds{seconds} + fraction - offset};
}

}  // namespace vitrine
