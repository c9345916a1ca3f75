#include "stores/drivers/s3/s3_signature.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string digest_hex(Bytes bytes, const char* kind) {
  Digest digest(kind);
  digest.update(bytes);
  return digest.finish();
}

std::string hex_of(Bytes bytes) {
  std::string result;
  for (const std::byte byte : bytes) result += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return result;
}

/// HMAC-SHA-256.
std::string authenticate(std::string_view key, std::string_view text) {
  std::string code(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(),
           reinterpret_cast<unsigned char*>(code.data()), &size) == nullptr) {
    throw Error(ErrorCode::internal, "OpenSSL computes no HMAC");
  }
  code.resize(size);
  return code;
}

/// Names in lower case, in order.
std::vector<fetch::Header> canonical(std::vector<fetch::Header> headers) {
  for (fetch::Header& header : headers) {
    header.name = to_lower(header.name);
    header.value = std::string(trim(header.value));
  }
  std::sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return headers;
}

std::string names_of(const std::vector<fetch::Header>& headers) {
  std::vector<std::string> names;
  for (const fetch::Header& header : headers) names.push_back(header.name);
  return join(names, ";");
}

std::string canonical_request(const S3Signed& request, const std::vector<fetch::Header>& headers) {
  std::string lines;
  for (const fetch::Header& header : headers) lines += fmt::format("{}:{}\n", header.name, header.value);
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path, s3_query_text(request.query),
                     lines, names_of(headers), request.payload_digest);
}

}  // namespace

std::vector<fetch::Header> s3_signature(const S3Signed& request, const S3Keys& keys, std::string_view region,
                                        Timestamp now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const std::string time = fmt::format("{:%Y%m%dT%H%M%SZ}", seconds);
  const std::string day = time.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, region);

  std::vector<fetch::Header> added = {{"x-amz-content-sha256", std::string(request.payload_digest)},
                                      {"x-amz-date", time}};
  std::vector<fetch::Header> all = request.headers;
  all.insert(all.end(), added.begin(), added.end());
  all.push_back({"host", std::string(request.host)});
  const std::vector<fetch::Header> headers = canonical(std::move(all));

  const std::string subject = fmt::format("{}\n{}\n{}\n{}", algorithm, time, scope,
                                          sha256_hex(bytes_of(canonical_request(request, headers))));
  std::string key = authenticate("AWS4" + keys.secret, day);
  for (const std::string_view part : {region, std::string_view("s3"), std::string_view("aws4_request")}) {
    key = authenticate(key, part);
  }
  const std::string signature = hex_of(bytes_of(authenticate(key, subject)));
  added.push_back(
      {"Authorization", fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", algorithm,
                                    keys.access, scope, names_of(headers), signature)});
  return added;
}

std::string s3_query_text(const S3Query& query) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : query) {
    parts.push_back(fmt::format("{}={}", percent_encode(name), percent_encode(value)));
  }
  std::sort(parts.begin(), parts.end());
  return join(parts, "&");
}

std::string sha256_hex(Bytes bytes) {
  return digest_hex(bytes, "sha256");
}

}  // namespace vitrine::stores
