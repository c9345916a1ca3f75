#include "stores/driver_rules.h"

#include <fmt/format.h>

#include <algorithm>

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

SplitUri split_uri(std::string_view uri) {
  const auto end = uri.find("://");
  if (end == std::string_view::npos) return {{}, uri};
  return {to_lower(uri.substr(0, end)), uri.substr(end + 3)};
}

}  // namespace vitrine::stores
