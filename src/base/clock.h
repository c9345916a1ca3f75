#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

/// A point in UTC time with the precision that the database keeps.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// When a blocking call has to give up.
using Deadline = std::chrono::steady_clock::time_point;

/// A deadline that many seconds from now.
inline Deadline deadline_in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// Where the time of day comes from; tests bring their own. May be shared between threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

/// A clock that stands still until it is moved.
class FakeClock : public Clock {
 public:
  explicit FakeClock(Timestamp start) : now_(start) {}
  Timestamp now() const override { return now_; }
  void advance(std::chrono::microseconds time) { now_ += time; }

 private:
  Timestamp now_;
};

/// `2026-03-01T09:30:00Z`, whole seconds: how the Image API writes times.
std::string to_iso8601(Timestamp time);

/// `2026-03-01 09:30:00.000000`: how SQLAlchemy writes times into SQLite, and how the database compares them.
std::string to_sql_time(Timestamp time);

/// Reads a date and time with `T` or a blank between them, an optional fraction of any length and an optional
/// `Z` or `±hh:mm`; nothing if the text is not one.
std::optional<Timestamp> parse_time(std::string_view text);

}  // namespace vitrine
