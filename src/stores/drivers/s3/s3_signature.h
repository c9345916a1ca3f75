#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "fetch/client.h"

/// AWS Signature Version 4 as S3 has it.
namespace vitrine::stores {

/// What an S3 service knows an account by.
struct S3Keys {
  std::string access;
  std::string secret;

  bool operator==(const S3Keys&) const = default;
};

/// Names and values, not encoded.
using S3Query = std::vector<std::pair<std::string, std::string>>;

/// The digest of a body that is not signed.
inline constexpr std::string_view s3_unsigned_payload = "UNSIGNED-PAYLOAD";

/// A request as it is signed.
struct S3Signed {
  std::string_view method;
  std::string_view host;  ///< as the Host header has it
  std::string_view path;  ///< encoded, as it is sent
  const S3Query& query;
  const std::vector<fetch::Header>& headers;  ///< beside Host and what signing adds; all of them are signed
  std::string_view payload_digest;            ///< SHA-256 in hexadecimal, or s3_unsigned_payload
};

/// The headers that make it a signed request at this time of day.
std::vector<fetch::Header> s3_signature(const S3Signed& request, const S3Keys& keys, std::string_view region,
                                        Timestamp now);

/// `a=1&uploads=`: encoded and in the order of signing.
std::string s3_query_text(const S3Query& query);

/// Hexadecimal digest.
std::string sha256_hex(Bytes bytes);

}  // namespace vitrine::stores
