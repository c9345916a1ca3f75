#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stores/drivers/s3/s3_signature.h"

namespace vitrine::stores {

/// Where an S3 store's blob lies: `s3[+http|+https]://[access:secret@]host/bucket/key`, nothing of it
/// encoded. Older services wrote the keys, whose secret may hold slashes.
struct S3Location {
  std::string scheme;
  std::optional<S3Keys> keys;
  std::string host;  ///< with the port, and what the service's URL has behind it
  std::string bucket;
  std::string key;

  bool operator==(const S3Location&) const = default;
};

/// Throws Error{invalid} for what is no such location. The message repeats nothing of it.
S3Location parse_s3_location(std::string_view uri);

/// As glance_store writes it, without keys.
std::string to_uri(const S3Location& location);

}  // namespace vitrine::stores
