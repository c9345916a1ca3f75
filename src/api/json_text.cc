#include "api/json_text.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/json_writer.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

void write(JsonWriter& writer, const json::value& value);

void write_array(JsonWriter& writer, const json::array& array) {
  writer.begin_array();
  for (const json::value& element : array) write(writer, element);
  writer.end_array();
}

void write_object(JsonWriter& writer, const json::object& object) {
  writer.begin_object();
  for (const json::key_value_pair& member : object) {
    writer.key(member.key());
    write(writer, member.value());
  }
  writer.end_object();
}

void write(JsonWriter& writer, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object:
      write_object(writer, value.get_object());
      break;
    case json::kind::array:
      write_array(writer, value.get_array());
      break;
    case json::kind::string:
      writer.value(std::string_view(value.get_string()));
      break;
    default:
      writer.raw(json::serialize(value));  // null, true, false and numbers
  }
}

}  // namespace

std::string to_json_text(const json::value& value) {
  JsonWriter writer;
  write(writer, value);
  return writer.take();
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
