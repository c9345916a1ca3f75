#include "api/parameters.h"

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
