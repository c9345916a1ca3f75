#include "api/data_request.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {

void require_octet_stream(const Call& call) {
  const std::string_view type = call.header("Content-Type");
  if (!equals_ignoring_case(trim(type.substr(0, type.find(';'))), octet_stream)) {
    throw Error(ErrorCode::unsupported_media_type,
                fmt::format("Unsupported Content-Type '{}'. Send image data as {}.", type, octet_stream));
  }
}

std::optional<std::uint64_t> announced_size(const Call& call) {
  std::optional<std::uint64_t> size = call.request.content_length;
  if (const std::string_view header = call.header("X-OpenStack-Image-Size"); !header.empty()) {
    size = parse_unsigned(trim(header));
    if (!size) {
      throw Error(ErrorCode::invalid,
                  fmt::format("X-OpenStack-Image-Size '{}' is not a number of bytes.", header));
    }
  }
  return size == 0u ? std::nullopt : size;
}

ActiveTransfer::ActiveTransfer(Metrics& metrics, const char* direction)
    : gauge_(metrics.gauge("vitrine_active_transfers", "Uploads and downloads of image data under way.",
                           {{"direction", direction}})) {
  gauge_.add(1);
}

}  // namespace vitrine::api
