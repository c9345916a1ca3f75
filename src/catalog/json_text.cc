#include "catalog/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <utility>

namespace vitrine::catalog {
namespace {

/// Takes the first character, of valid UTF-8, off the text.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t character = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return character;
}

void write_escaped(std::string& out, std::uint32_t character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (character >= 0x20 && character < 0x7F) {
    out += static_cast<char>(character);
  } else if (character < 0x10000) {
    out += fmt::format("\\u{:04x}", character);
  } else {
    const std::uint32_t above = character - 0x10000;
    out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (above >> 10), 0xDC00 + (above & 0x3FF));
  }
}

void write_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) write_escaped(out, take_character(text));
  out += '"';
}

void write_number(std::string& out, double number) {
  const std::string text = fmt::format("{}", number);
  out += text;
  if (text.find_first_of(".en") == std::string::npos) out += ".0";  // stays a fraction when read back
}

void write(std::string& out, const boost::json::value& value);

void write_array(std::string& out, const boost::json::array& array) {
  out += '[';
  for (const boost::json::value& item : array) {
    if (&item != &array.front()) out += ", ";
    write(out, item);
  }
  out += ']';
}

void write_object(std::string& out, const boost::json::object& object) {
  out += '{';
  bool is_first = true;
  for (const auto& [key, value] : object) {
    if (!is_first) out += ", ";
    is_first = false;
    write_text(out, key);
    out += ": ";
    write(out, value);
  }
  out += '}';
}

void write(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      break;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case boost::json::kind::int64:
      out += fmt::format("{}", value.get_int64());
      break;
    case boost::json::kind::uint64:
      out += fmt::format("{}", value.get_uint64());
      break;
    case boost::json::kind::double_:
      write_number(out, value.get_double());
      break;
    case boost::json::kind::string:
      write_text(out, value.get_string());
      break;
    case boost::json::kind::array:
      write_array(out, value.get_array());
      break;
    case boost::json::kind::object:
      write_object(out, value.get_object());
      break;
  }
}

}  // namespace

std::string to_json_text(const boost::json::value& value) {
  std::string out;
  write(out, value);
  return out;
}

std::optional<boost::json::object> parse_json_object(std::string_view text) {
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(text, error);
  if (error || !value.is_object()) return {};
  return std::move(value.get_object());
}

}  // namespace vitrine::catalog
