#include "api/paging.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {

std::optional<std::string_view> last_value(const Parameters& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.rbegin(), parameters.rend(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  if (found == parameters.rend()) return {};
  return found->second;
}

std::uint64_t page_limit(const Parameters& parameters, const ApiSettings& settings) {
  const auto text = last_value(parameters, "limit");
  if (!text) return std::min(settings.page_size, settings.max_page_size);
  const std::string_view number = trim(*text);
  if (const auto limit = parse_unsigned(number)) return std::min(*limit, settings.max_page_size);
  const bool is_huge = !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
  if (is_huge) return settings.max_page_size;
  throw Error(ErrorCode::invalid, fmt::format("limit '{}' is not a number of 0 or more.", *text));
}

std::string page_link(std::string_view path, const Parameters& parameters, std::string_view marker) {
  std::string query;
  const auto append = [&](std::string_view name, std::string_view value) {
    query += query.empty() ? '?' : '&';
    query += form_encode(name) + '=' + form_encode(value);
  };
  for (const auto& [name, value] : parameters) {
    if (name != "marker") append(name, value);
  }
  if (!marker.empty()) append("marker", marker);
  return std::string(path) + query;
}

}  // namespace vitrine::api
