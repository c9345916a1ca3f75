#include "stores/driver_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::stores {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

void check_blob_name(const BlobName& name) {
  const std::string& text = name.text;
  const bool is_good = !text.empty() && text.size() <= blob_name_limit && text.front() != '.' &&
                       text.find('/') == std::string::npos &&
                       std::none_of(text.begin(), text.end(), is_control) && trim(text).size() == text.size();
  if (!is_good) throw Error(ErrorCode::invalid, "Data cannot be stored under this name");
}

Stretch stretch_of(ByteRange range, std::uint64_t size) {
  if (range.offset > size) {
    throw Error(ErrorCode::range_unsatisfiable,
                fmt::format("The range starts at byte {}, the data has only {} bytes", range.offset, size));
  }
  const std::uint64_t rest = size - range.offset;
  return {range.offset, std::min(range.length.value_or(rest), rest)};
}

bool is_all_zero(Bytes bytes) {
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

bool leaves_doubt(ErrorCode code) {
  return can_retry(code) || code == ErrorCode::cancelled;
}

SplitUri split_uri(std::string_view uri) {
  const auto end = uri.find("://");
  if (end == std::string_view::npos) return {{}, uri};
  return {to_lower(uri.substr(0, end)), uri.substr(end + 3)};
}

std::string without_credentials(std::string_view uri) {
  const SplitUri parts = split_uri(uri);
  // Keys in S3's and Swift's locations may hold slashes; elsewhere the host ends at the first one.
  const bool has_wild_keys = parts.scheme.starts_with("s3") || parts.scheme.starts_with("swift");
  const std::string_view before_query = parts.rest.substr(0, parts.rest.find_first_of("?#"));
  const auto at =
      before_query.substr(0, has_wild_keys ? before_query.npos : before_query.find('/')).rfind('@');
  if (parts.scheme.empty() || at == std::string_view::npos) return std::string(uri);
  const std::string_view start = uri.substr(0, uri.size() - parts.rest.size());
  return std::string(start) + std::string(parts.rest.substr(at + 1));
}

}  // namespace vitrine::stores
