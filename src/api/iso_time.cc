#include "api/iso_time.h"

#include <chrono>
#include <string>

namespace vitrine::api {
namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

/// Takes parts off the front of a text. What is missing turns is_good() false for ever.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int number(std::size_t fewest, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    for (; count < most && count < rest_.size() && is_digit(rest_[count]); ++count) {
      value = value * 10 + (rest_[count] - '0');
    }
    is_good_ = is_good_ && count >= fewest;
    rest_.remove_prefix(count);
    return value;
  }

  bool accept(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(std::string_view characters) { is_good_ = accept(characters) && is_good_; }

  /// Any number of digits behind a decimal point; those beyond microseconds are dropped.
  std::chrono::microseconds fraction() {
    int value = 0;
    int digits = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++digits) {
      if (digits < 6) value = value * 10 + (rest_.front() - '0');
    }
    is_good_ = is_good_ && digits > 0;
    for (; digits < 6; ++digits) value *= 10;
    return std::chrono::microseconds(value);
  }

  bool has_digit() const { return !rest_.empty() && is_digit(rest_.front()); }
  bool has_part() const { return has_digit() || rest_.starts_with(':'); }
  bool is_at_end() const { return rest_.empty(); }
  bool is_good() const { return is_good_; }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

/// Months and days behind a dash may have one digit.
int date_part(Scanner& scanner) {
  return scanner.accept("-") ? scanner.number(1, 2) : scanner.number(2, 2);
}

std::optional<std::chrono::sys_days> read_date(Scanner& scanner) {
  const std::chrono::year year(scanner.number(4, 4));
  unsigned month = 1;
  unsigned day = 1;
  if (!scanner.is_at_end()) {
    const bool is_compact = scanner.has_digit();
    month = static_cast<unsigned>(date_part(scanner));
    // YYYYMM could be YYMMDD.
    if (is_compact || !scanner.is_at_end()) day = static_cast<unsigned>(date_part(scanner));
  }
  const std::chrono::year_month_day date(year, std::chrono::month(month), std::chrono::day(day));
  if (!scanner.is_good() || !date.ok() || year < std::chrono::year(1)) return {};
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::microseconds> read_time(Scanner& scanner) {
  int minute = 0;
  int second = 0;
  std::chrono::microseconds fraction{0};
  const int hour = scanner.number(2, 2);
  if (scanner.has_part()) {
    scanner.accept(":");
    minute = scanner.number(2, 2);
  }
  if (scanner.has_part()) {
    scanner.accept(":");
    second = scanner.number(1, 2);
    if (scanner.accept(".,")) fraction = scanner.fraction();
  }
  if (hour > 23 || minute > 59 || second > 59) return {};
  return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) + fraction;
}

std::optional<std::chrono::minutes> read_offset(Scanner& scanner) {
  if (scanner.is_at_end() || scanner.accept("Z")) return std::chrono::minutes(0);
  const bool is_behind = scanner.accept("-");
  if (!is_behind) scanner.expect("+");
  std::chrono::minutes offset = std::chrono::hours(scanner.number(2, 2));
  scanner.accept(":");
  if (scanner.has_digit()) offset += std::chrono::minutes(scanner.number(2, 2));
  if (offset >= std::chrono::hours(24)) return {};
  return is_behind ? -offset : offset;
}

}  // namespace

std::optional<Timestamp> parse_iso_time(std::string_view text) {
  Scanner scanner(text);
  const auto date = read_date(scanner);
  if (!date) return {};
  if (scanner.is_at_end()) return Timestamp(*date);
  scanner.expect("T ");
  const auto time = read_time(scanner);
  const auto offset = read_offset(scanner);
  if (!time || !offset || !scanner.is_good() || !scanner.is_at_end()) return {};
  return Timestamp(*date) + *time - *offset;
}

}  // namespace vitrine::api
