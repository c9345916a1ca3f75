#include "api/json_text.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append(std::string& out, const json::value& value);

void append_array(std::string& out, const json::array& array) {
  out += '[';
  bool is_first = true;
  for (const json::value& element : array) {
    if (!is_first) out += ", ";
    is_first = false;
    append(out, element);
  }
  out += ']';
}

void append_object(std::string& out, const json::object& object) {
  out += '{';
  bool is_first = true;
  for (const json::key_value_pair& member : object) {
    if (!is_first) out += ", ";
    is_first = false;
    append_string(out, member.key());
    out += ": ";
    append(out, member.value());
  }
  out += '}';
}

void append(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object:
      append_object(out, value.get_object());
      break;
    case json::kind::array:
      append_array(out, value.get_array());
      break;
    case json::kind::string:
      append_string(out, value.get_string());
      break;
    default:
      out += json::serialize(value);  // null, true, false and numbers
  }
}

}  // namespace

std::string to_json_text(const json::value& value) {
  std::string out;
  append(out, value);
  return out;
}

json::value parse_json(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 64;
  json::value value = json::parse(text, error, {}, options);
  if (error) {
    throw Error(ErrorCode::invalid,
                fmt::format("The request's body is not valid JSON: {}.", error.message()));
  }
  return value;
}

}  // namespace vitrine::api
