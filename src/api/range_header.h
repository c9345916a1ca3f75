#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vitrine::api {

/// A stretch of an image's data that certainly lies inside it.
struct DataRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  bool operator==(const DataRange&) const = default;
};

/// What a `Range` header (RFC 9110 §14.2) asks of data of this size. Throws Error{range_unsatisfiable}, also
/// for text that is no range, and Error{invalid} for several ranges at once.
DataRange parse_range(std::string_view header, std::uint64_t size);

/// The same for a request's `Content-Range`, which old Glance clients send instead.
DataRange parse_request_content_range(std::string_view header, std::uint64_t size);

}  // namespace vitrine::api
