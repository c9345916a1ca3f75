#include "api/call.h"

#include <cassert>

#include "api/json_text.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

std::string decode_query_part(std::string_view text) {
  std::optional<std::string> decoded = form_decode(text);
  // Browsers and Python leave a lone percent sign as it is.
  if (!decoded) decoded = std::string(text);
  if (!utf8_length(*decoded)) {
    throw Error(ErrorCode::invalid,
                "The query string is not UTF-8. Encode other characters as %XX of their UTF-8 bytes.");
  }
  return *decoded;
}

}  // namespace

std::string_view Call::path_parameter(std::string_view name) const {
  const auto value = first_value(path, name);
  assert(value);
  return *value;
}

std::string_view Call::header(std::string_view name) const {
  const std::string* value = request.headers.find(name);
  return value ? std::string_view(*value) : std::string_view();
}

boost::json::value Call::json() const {
  if (!request.has_body || body.empty()) throw Error(ErrorCode::invalid, "The request needs a JSON body.");
  return parse_json(body);
}

Parameters parse_query(std::string_view query) {
  Parameters parameters;
  for (const std::string& part : split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string_view text = part;
    parameters.emplace_back(decode_query_part(text.substr(0, equals)),
                            equals == std::string::npos ? "" : decode_query_part(text.substr(equals + 1)));
  }
  return parameters;
}

std::optional<std::string_view> first_value(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace vitrine::api
