#include "api/range_header.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

constexpr std::string_view unit = "bytes";

[[noreturn]] void unsatisfiable(std::string_view header, std::uint64_t size) {
  throw Error(ErrorCode::range_unsatisfiable,
              fmt::format("Range '{}' cannot be served: the image has {} bytes.", header, size));
}

DataRange suffix(std::uint64_t count, std::uint64_t size) {
  // Python takes the slice [-0:] for everything, and so do clients of Glance.
  const std::uint64_t length = count == 0 ? size : std::min(count, size);
  return {size - length, length};
}

}  // namespace

DataRange parse_range(std::string_view header, std::uint64_t size) {
  std::string_view text = trim(header);
  if (!equals_ignoring_case(text.substr(0, unit.size()), unit)) unsatisfiable(header, size);
  text = trim(text.substr(unit.size()));
  if (!text.starts_with('=')) unsatisfiable(header, size);
  text = trim(text.substr(1));
  if (text.find(',') != std::string_view::npos) {
    throw Error(ErrorCode::invalid,
                "Several ranges in one request are not supported. Ask for one range at a time.");
  }
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) unsatisfiable(header, size);
  const auto first = parse_unsigned(trim(text.substr(0, dash)));
  const auto last = parse_unsigned(trim(text.substr(dash + 1)));
  if (dash == 0) {
    if (!last) unsatisfiable(header, size);
    return suffix(*last, size);
  }
  const bool is_open = trim(text.substr(dash + 1)).empty();
  if (!first || (!last && !is_open) || *first >= size || (last && *last < *first))
    unsatisfiable(header, size);
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {*first, end - *first + 1};
}

DataRange parse_request_content_range(std::string_view header, std::uint64_t size) {
  std::string_view text = trim(header);
  if (!text.starts_with("bytes ")) unsatisfiable(header, size);
  text = trim(text.substr(unit.size()));
  const auto slash = text.find('/');
  const auto dash = text.find('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash > slash)
    unsatisfiable(header, size);
  const auto first = parse_unsigned(text.substr(0, dash));
  const auto last = parse_unsigned(text.substr(dash + 1, slash - dash - 1));
  const std::string_view length = text.substr(slash + 1);
  const bool is_length = length == "*" || parse_unsigned(length).has_value();
  if (!first || !last || !is_length || *first > *last || *last >= size) unsatisfiable(header, size);
  return {*first, *last - *first + 1};
}

}  // namespace vitrine::api
