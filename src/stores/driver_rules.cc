#include "stores/driver_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/digest.h"
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

std::string percent_encode(std::string_view text, std::string_view kept) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string result;
  for (const char c : text) {
    const bool stays = plain.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos;
    result += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

std::string md5_hex(Bytes bytes) {
  Digest digest("md5");
  digest.update(bytes);
  return digest.finish();
}

bool leaves_doubt(ErrorCode code) {
  return can_retry(code) || code == ErrorCode::cancelled;
}

std::string bare_etag(std::string_view header) {
  header = trim(header);
  if (header.size() >= 2 && header.starts_with('"') && header.ends_with('"')) {
    header = header.substr(1, header.size() - 2);
  }
  return std::string(header);
}

bool is_md5(std::string_view etag) {
  return etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool wait_for_next(fetch::Patience& patience, const StoreCall& call) {
  return fetch::wait_for_next(patience, call.deadline, call.stop);
}

std::optional<model::Caller> caller_of(const StoreCall& call) {
  if (call.caller == nullptr) return {};
  return *call.caller;
}

SplitUri split_uri(std::string_view uri) {
  const auto end = uri.find("://");
  if (end == std::string_view::npos) return {{}, uri};
  return {to_lower(uri.substr(0, end)), uri.substr(end + 3)};
}

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
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
