#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::api {

/// A stretch of an image's data that certainly lies inside it.
struct DataRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  bool operator==(const DataRange&) const = default;
};

/// What a header asks for, before the size of the data is known. Positions beyond 2^64 count as 2^64 - 1.
struct RangeRequest {
  std::string text;                    ///< as sent
  std::optional<std::uint64_t> first;  ///< without it, the last `last` bytes are wanted
  std::optional<std::uint64_t> last;   ///< without it, everything from `first` on
  bool is_exact = false;               ///< all of it must be there; else it is cut at the end of the data
};

/// Reads a `Range` header (RFC 9110 §14.2). Throws Error{range_unsatisfiable} for text that is no range, as
/// Glance does, and Error{invalid} for several ranges at once.
RangeRequest parse_range(std::string_view header);

/// The same for a request's `Content-Range`, which old Glance clients send instead.
RangeRequest parse_request_content_range(std::string_view header);

/// Where that lies in data of this size. Nothing for the last bytes of no data, which no Content-Range could
/// name: the answer is then all of the data. Throws Error{range_unsatisfiable}.
std::optional<DataRange> stretch_of(const RangeRequest& request, std::uint64_t size);

}  // namespace vitrine::api
