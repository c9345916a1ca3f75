#include "stores/drivers/s3/s3_location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr std::array<std::string_view, 3> schemes = {"s3", "s3+http", "s3+https"};

Error not_one() {
  return Error(ErrorCode::invalid, "The data's location is not one of an s3 store");
}

/// Cuts off what stands behind the last slash.
std::string_view cut_last(std::string_view& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) throw not_one();
  const std::string_view last = path.substr(slash + 1);
  path = path.substr(0, slash);
  return last;
}

}  // namespace

S3Location parse_s3_location(std::string_view uri) {
  const SplitUri parts = split_uri(uri);
  const bool is_known = std::find(schemes.begin(), schemes.end(), parts.scheme) != schemes.end();
  if (!is_known || parts.rest.find("://") != std::string_view::npos) throw not_one();

  S3Location location{.scheme = parts.scheme};
  std::string_view path = without_slashes(parts.rest);
  location.key = cut_last(path);
  location.bucket = cut_last(path);
  if (const auto at = path.rfind('@'); at != std::string_view::npos) {
    const std::string_view keys = path.substr(0, at);
    const auto colon = keys.find(':');
    if (colon == std::string_view::npos) throw not_one();
    location.keys = S3Keys{std::string(keys.substr(0, colon)), std::string(keys.substr(colon + 1))};
    path = path.substr(at + 1);
  }
  location.host = without_slashes(path);
  if (location.key.empty() || location.bucket.empty() || location.host.empty()) throw not_one();
  return location;
}

std::string to_uri(const S3Location& location) {
  return fmt::format("{}://{}/{}/{}", location.scheme, location.host, location.bucket, location.key);
}

}  // namespace vitrine::stores
