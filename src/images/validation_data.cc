#include "images/validation_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/digest.h"
#include "base/error.h"

namespace vitrine::images {
namespace {

/// The image's fields that clients may fill in; empty ones are not known.
struct Digests {
  std::optional<std::string> checksum;
  std::optional<std::string> os_hash_algo;
  std::optional<std::string> os_hash_value;

  bool operator==(const Digests&) const = default;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::conflict, message);
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// Sets what is not known yet; a known value must be the same.
void merge(std::optional<std::string>& known, const std::optional<std::string>& given,
           std::string_view field) {
  if (!given) return;
  if (known.value_or("").empty()) known = given;
  if (*known != *given) refuse(fmt::format("The image, or another location, has another {}.", field));
}

void merge(Digests& known, const ValidationData& given) {
  merge(known.checksum, given.checksum, "checksum");
  merge(known.os_hash_algo, given.os_hash_algo, "os_hash_algo");
  merge(known.os_hash_value, given.os_hash_value, "os_hash_value");
}

std::size_t digits_of(const std::string& algorithm) {
  return Digest(algorithm).finish().size();
}

void require_digest(std::string_view field, std::string_view value, const std::string& algorithm) {
  if (is_digest(value, algorithm)) return;
  refuse(fmt::format("{} must have {} hexadecimal digits.", field, digits_of(algorithm)));
}

void require_possible(const Digests& digests, const std::string& hash_algorithm) {
  if (digests.os_hash_algo != hash_algorithm) {
    refuse(fmt::format("os_hash_algo must be {}.", hash_algorithm));
  }
  require_digest("os_hash_value", digests.os_hash_value.value_or(""), hash_algorithm);
  if (digests.checksum) require_digest("checksum", *digests.checksum, "md5");
}

}  // namespace

bool is_digest(std::string_view text, const std::string& algorithm) {
  return is_hexadecimal(text) && text.size() == digits_of(algorithm);
}

void apply_validation_data(model::Image& image, const std::vector<GivenLocation>& given,
                           const std::string& hash_algorithm) {
  const Digests before{image.checksum, image.os_hash_algo, image.os_hash_value};
  Digests after = before;
  for (const GivenLocation& location : given) {
    if (location.validation) merge(after, *location.validation);
  }
  if (after == before) return;
  if (image.status != model::ImageStatus::queued) {
    refuse("An image takes validation_data only while it is queued.");
  }
  require_possible(after, hash_algorithm);
  image.checksum = after.checksum;
  image.os_hash_algo = after.os_hash_algo;
  image.os_hash_value = after.os_hash_value;
}

}  // namespace vitrine::images
