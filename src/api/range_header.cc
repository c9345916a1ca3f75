#include "api/range_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

constexpr std::string_view unit = "bytes";

[[noreturn]] void refuse_range(std::string_view header) {
  throw Error(ErrorCode::range_unsatisfiable,
              fmt::format("'{}' is no range of bytes, such as bytes=0-1023.", header));
}

/// Nothing if the text is no number.
std::optional<std::uint64_t> position(std::string_view text) {
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_number) return {};
  return parse_unsigned(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

/// What is behind `bytes=`.
std::string_view range_set(std::string_view header) {
  std::string_view text = trim(header);
  if (!equals_ignoring_case(text.substr(0, unit.size()), unit)) refuse_range(header);
  text = trim(text.substr(unit.size()));
  if (!text.starts_with('=')) refuse_range(header);
  return trim(text.substr(1));
}

}  // namespace

RangeRequest parse_range(std::string_view header) {
  if (header.find(',') != std::string_view::npos) {
    throw Error(ErrorCode::invalid,
                "Several ranges in one request are not supported. Ask for one range at a time.");
  }
  const std::string_view text = range_set(header);
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) refuse_range(header);
  const std::string_view first = trim(text.substr(0, dash));
  const std::string_view last = trim(text.substr(dash + 1));
  const RangeRequest request{.text = std::string(header), .first = position(first), .last = position(last)};
  const bool is_understood =
      request.first.has_value() == !first.empty() && request.last.has_value() == !last.empty();
  const bool is_backwards = request.first && request.last && *request.last < *request.first;
  if (!is_understood || is_backwards || (!request.first && !request.last)) refuse_range(header);
  return request;
}

RangeRequest parse_request_content_range(std::string_view header) {
  std::string_view text = trim(header);
  if (!text.starts_with("bytes ")) refuse_range(header);
  text = trim(text.substr(unit.size()));
  const auto slash = text.find('/');
  const auto dash = text.find('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash > slash) refuse_range(header);
  const RangeRequest request{.text = std::string(header),
                             .first = position(text.substr(0, dash)),
                             .last = position(text.substr(dash + 1, slash - dash - 1)),
                             .is_exact = true};
  const std::string_view length = text.substr(slash + 1);
  const auto total = length == "*" ? std::numeric_limits<std::uint64_t>::max() : position(length);
  if (!request.first || !request.last || *request.last < *request.first || !total || *request.last >= *total)
    refuse_range(header);
  return request;
}

std::optional<DataRange> stretch_of(const RangeRequest& request, std::uint64_t size) {
  if (!request.first) {
    if (size == 0) return {};
    // Python takes the slice [-0:] for everything, and so do clients of Glance.
    const std::uint64_t length = *request.last == 0 ? size : std::min(*request.last, size);
    return DataRange{size - length, length};
  }
  const std::uint64_t last = request.last.value_or(std::numeric_limits<std::uint64_t>::max());
  if (*request.first >= size || (request.is_exact && last >= size)) {
    throw Error(ErrorCode::range_unsatisfiable,
                fmt::format("'{}' cannot be served: the image has {} bytes.", request.text, size));
  }
  return DataRange{*request.first, std::min(last, size - 1) - *request.first + 1};
}

}  // namespace vitrine::api
