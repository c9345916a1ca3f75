#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/call.h"
#include "base/metrics.h"

namespace vitrine::api {

/// The media type of image data.
inline constexpr std::string_view octet_stream = "application/octet-stream";

/// Throws Error{unsupported_media_type} unless the body is announced as image data.
void require_octet_stream(const Call& call);

/// How many bytes the client says will come; a zero counts as not known. Throws Error{invalid}.
std::optional<std::uint64_t> announced_size(const Call& call);

/// Counts one transfer as active while it lives.
class ActiveTransfer {
 public:
  ActiveTransfer(Metrics& metrics, const char* direction);
  ~ActiveTransfer() { gauge_.add(-1); }
  ActiveTransfer(const ActiveTransfer&) = delete;
  ActiveTransfer& operator=(const ActiveTransfer&) = delete;

 private:
  Metrics::Gauge gauge_;
};

}  // namespace vitrine::api
