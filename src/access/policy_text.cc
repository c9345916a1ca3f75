#include "access/policy_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace vitrine::access {
namespace {

namespace json = boost::json;

[[noreturn]] void refuse(std::string_view literal) {
  throw Error(ErrorCode::configuration, fmt::format("{} is not a literal that can be understood.", literal));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A whole number keeps its decimal point: 2.0.
std::string text_of_number(double number) {
  std::string text = fmt::format("{}", number);
  if (std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '-'; })) text += ".0";
  return text;
}

std::string quoted_text(std::string_view literal) {
  const bool is_closed = literal.size() >= 2 && literal.back() == literal.front();
  if (!is_closed) refuse(literal);
  const std::string_view text = literal.substr(1, literal.size() - 2);
  // Python would read the text after a backslash, or after another quote, in its own way.
  if (text.find('\\') != std::string_view::npos || text.find(literal.front()) != std::string_view::npos)
    refuse(literal);
  return std::string(text);
}

/// Digits stay digits, however many; a leading zero is none of Python's.
std::string whole_number_text(std::string_view digits, bool is_negative) {
  if (digits.front() == '0' && digits.size() > 1) refuse(digits);
  return fmt::format("{}{}", is_negative && digits != "0" ? "-" : "", digits);
}

std::string number_text(std::string_view number, bool is_negative) {
  if (std::all_of(number.begin(), number.end(), is_digit)) return whole_number_text(number, is_negative);
  double value = 0;
  const char* end = number.data() + number.size();
  const auto [stop, failure] = std::from_chars(number.data(), end, value);
  if (stop != end || failure != std::errc{}) refuse(number);
  return text_of_number(is_negative ? -value : value);
}

}  // namespace

std::optional<std::string> literal_text(std::string_view literal) {
  if (literal == "None" || literal == "True" || literal == "False") return std::string(literal);
  if (literal.starts_with('"') || literal.starts_with('\'')) return quoted_text(literal);
  const bool is_signed = literal.starts_with('-') || literal.starts_with('+');
  const std::string_view number = literal.substr(is_signed ? 1 : 0);
  const bool is_number = !number.empty() && (is_digit(number.front()) || number.front() == '.');
  if (!is_number) return {};
  return number_text(number, literal.front() == '-');
}

std::optional<std::string_view> text_of(const json::value& value, std::string& scratch) {
  switch (value.kind()) {
    case json::kind::null:
      return "None";
    case json::kind::bool_:
      return value.get_bool() ? "True" : "False";
    case json::kind::string:
      return std::string_view(value.get_string());
    case json::kind::int64:
      return scratch = fmt::format_int(value.get_int64()).str();
    case json::kind::uint64:
      return scratch = fmt::format_int(value.get_uint64()).str();
    case json::kind::double_:
      return scratch = text_of_number(value.get_double());
    case json::kind::array:
    case json::kind::object:
      return {};
  }
  return {};
}

}  // namespace vitrine::access
