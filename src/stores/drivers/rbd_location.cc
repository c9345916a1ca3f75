#include "stores/drivers/rbd_location.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

/// As Python's urllib.parse.quote(text, safe=""), for Glance compares locations as texts.
std::string encode(std::string_view text) {
  std::string encoded;
  for (const char c : form_encode(text)) {
    if (c == '+') {  // a blank: plus signs are escaped
      encoded += "%20";
    } else {
      encoded += c;
    }
  }
  return encoded;
}

Error not_ours() {
  return Error(ErrorCode::invalid, "The data's location is not one of an rbd store");
}

std::string decode(std::string_view part) {
  const std::optional<std::string> text = percent_decode(part);
  if (!text || text->empty() || text->find('\0') != std::string::npos) throw not_ours();
  return *text;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

RbdLocation parse_rbd_location(const Location& location) {
  const SplitUri uri = split_uri(location.uri);
  if (uri.scheme != "rbd" || !is_ascii(uri.rest)) throw not_ours();
  const std::vector<std::string> parts = split(uri.rest, '/');
  if (parts.size() == 1) return {.image = decode(parts[0])};
  if (parts.size() != 4) throw not_ours();
  return {.fsid = decode(parts[0]),
          .pool = decode(parts[1]),
          .image = decode(parts[2]),
          .snapshot = decode(parts[3])};
}

std::string to_uri(const RbdLocation& location) {
  return fmt::format("{}{}/{}", rbd_uri_prefix(location.fsid, location.pool), encode(location.image),
                     encode(location.snapshot));
}

std::string rbd_uri_prefix(std::string_view fsid, std::string_view pool) {
  return fmt::format("rbd://{}/{}/", encode(fsid), encode(pool));
}

}  // namespace vitrine::stores
