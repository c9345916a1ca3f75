#include "stores/drivers/s3/s3_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fetch/request_lines.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

// What a service says that has no time, or got something else than was sent. Both pass.
constexpr std::array<std::string_view, 8> passing_codes = {
    "SlowDown",         "RequestTimeout", "InternalError",  "ServiceUnavailable",
    "OperationAborted", "BadDigest",      "IncompleteBody", "XAmzContentSHA256Mismatch"};

/// What a refusal means, whatever it was about.
struct Meaning {
  std::string_view code;
  ErrorCode error;
  std::string_view advice;
};
constexpr Meaning meanings[] = {
    {"SignatureDoesNotMatch", ErrorCode::storage_denied,
     "the service computes another signature. Check s3_store_secret_key, s3_store_access_key and "
     "s3_store_region_name"},
    {"InvalidAccessKeyId", ErrorCode::storage_denied,
     "the service does not know the access key. Check s3_store_access_key"},
    {"RequestTimeTooSkewed", ErrorCode::storage_denied,
     "this machine's clock and the service's are too far apart. Set both by the same time server"},
    {"AccessDenied", ErrorCode::storage_denied,
     "the store's keys do not allow it. Give their user the right"},
    {"NoSuchBucket", ErrorCode::storage_denied,
     "the bucket does not exist. Create it, or set s3_store_create_bucket_on_put"},
    {"QuotaExceeded", ErrorCode::storage_full, "the quota is used up"},
    {"InsufficientStorage", ErrorCode::storage_full, "the service has no room"},
    {"XMinioStorageFull", ErrorCode::storage_full, "the service has no room"},
    {"EntityTooLarge", ErrorCode::storage_full, "the service takes no objects of this size"},
    {"TooManyParts", ErrorCode::storage_full, "the service takes no objects of so many parts"},
    {"PreconditionFailed", ErrorCode::duplicate, "it is there already"},
};

bool passes(const S3Answer& answer) {
  const auto& code = answer.complaint.code;
  const bool is_busy = answer.status == 429 || answer.status == 500 || answer.status == 502 ||
                       answer.status == 503 || answer.status == 504;
  return is_busy || std::find(passing_codes.begin(), passing_codes.end(), code) != passing_codes.end();
}

/// As libcurl writes the Host header.
std::string host_header(const fetch::Uri& uri) {
  const bool is_usual =
      !uri.port || (uri.scheme == "http" && uri.port == 80) || (uri.scheme == "https" && uri.port == 443);
  const std::string host = uri.host.find(':') == std::string::npos ? uri.host : fmt::format("[{}]", uri.host);
  return is_usual ? host : fmt::format("{}:{}", host, *uri.port);
}

/// An answer to HEAD says that there is a reason, but not which.
bool lacks_reason(const S3Request& request, const S3Answer& answer) {
  return request.method == fetch::Method::head && (answer.status == 400 || answer.status == 403);
}

/// The same request as one whose refusal says why.
S3Request with_reason(S3Request request) {
  request.method = fetch::Method::get;
  if (!request.key.empty()) request.range = ByteRange{0, 1};
  if (request.key.empty()) request.query = {{"max-keys", "1"}};
  return request;
}

}  // namespace

S3Client::S3Client(const S3Settings& settings)
    : endpoint_(settings.endpoint),
      region_(settings.region),
      style_(settings.style),
      patience_(settings.patience),
      client_(settings.client) {}

S3Answer S3Client::ask(const StoreCall& call, const S3Bucket& bucket, const S3Request& request) {
  S3Answer answer = ask_patiently(call, bucket, request);
  if (!lacks_reason(request, answer)) return answer;
  S3Answer reasoned = ask_patiently(call, bucket, with_reason(request));
  return reasoned.is_good() ? std::move(answer) : std::move(reasoned);
}

S3Answer S3Client::ask_patiently(const StoreCall& call, const S3Bucket& bucket, const S3Request& request) {
  const std::string digest = sha256_hex(request.body);
  fetch::Patience patience(patience_);
  for (bool is_repeated = false;; is_repeated = true) {
    S3Answer answer;
    std::optional<Error> failure;
    try {
      answer = ask_once(call, bucket, request, digest);
      answer.is_repeated = is_repeated;
      if (answer.is_good() || !passes(answer)) return answer;
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      failure = error;
    }
    if (wait_for_next(patience, call)) continue;
    if (failure) throw *failure;
    return answer;
  }
}

S3Answer S3Client::ask_once(const StoreCall& call, const S3Bucket& bucket, const S3Request& request,
                            std::string_view payload_digest) {
  const fetch::Request signed_one = signed_request(call, bucket, request, payload_digest);
  const bool is_harmless = request.method != fetch::Method::put && request.method != fetch::Method::post;
  if (is_harmless) return answer_of(client_.send(signed_one));
  // Not sent twice without being seen: what a repeated request is answered means something else.
  const auto sending = client_.begin(signed_one, request.body.size());
  sending->write(request.body);
  return answer_of(sending->finish());
}

std::unique_ptr<fetch::Sending> S3Client::begin(const StoreCall& call, const S3Bucket& bucket,
                                                const S3Request& request, std::uint64_t length) {
  fetch::Patience patience(patience_);
  while (true) {
    try {
      fetch::Request signed_one = signed_request(call, bucket, request, s3_unsigned_payload);
      signed_one.asks_before_body = true;
      return client_.begin(signed_one, length);
    } catch (const Error& error) {
      if (!can_retry(error.code()) || !wait_for_next(patience, call)) throw;
    }
  }
}

S3Answer S3Client::answer_of(std::unique_ptr<fetch::Response> response) {
  S3Answer answer{.response = nullptr, .status = response->status()};
  if (!answer.is_good()) {
    answer.complaint = parse_s3_complaint(response->read_text(s3_document_limit));
    if (answer.complaint.region.empty()) {
      answer.complaint.region = response->header("x-amz-bucket-region").value_or("");
    }
  }
  answer.response = std::move(response);
  return answer;
}

fetch::Request S3Client::signed_request(const StoreCall& call, const S3Bucket& bucket,
                                        const S3Request& request, std::string_view payload_digest) const {
  fetch::Request result{.method = request.method, .uri = endpoint_};
  std::string path = endpoint_.target;
  while (path.ends_with('/')) path.pop_back();
  if (style_ == S3Style::in_host) {
    result.uri.host = fmt::format("{}.{}", bucket.name, endpoint_.host);
  } else {
    path += "/" + percent_encode(bucket.name);
  }
  if (!request.key.empty()) path += "/" + percent_encode(request.key);
  if (path.empty()) path = "/";
  const std::string host = host_header(result.uri);
  const std::string method = fetch::method_name(request.method);
  const S3Signed subject{.method = method,
                         .host = host,
                         .path = path,
                         .query = request.query,
                         .headers = request.headers,
                         .payload_digest = payload_digest};
  result.headers = request.headers;
  for (fetch::Header& header : s3_signature(subject, bucket.keys, region_, clock_.now())) {
    result.headers.push_back(std::move(header));
  }
  result.uri.target = path;
  if (!request.query.empty()) result.uri.target += "?" + s3_query_text(request.query);
  result.range = request.range;
  result.deadline = call.deadline;
  result.stop = call.stop;
  result.settling_time = settling_time;
  return result;
}

Error S3Client::error_of(const S3Answer& refusal, const S3Bucket& bucket, std::string_view purpose) const {
  const auto& [code, region] = refusal.complaint;
  const std::string what = fmt::format("The S3 service {} does not let the store {} in the bucket {}",
                                       origin_of(endpoint_), purpose, bucket.name);
  if (!region.empty() && region != region_) {
    return Error(ErrorCode::storage_denied,
                 fmt::format("{}: the bucket is in the region {}. Set s3_store_region_name.", what, region));
  }
  for (const Meaning& meaning : meanings) {
    if (meaning.code == code) return Error(meaning.error, fmt::format("{}: {}.", what, meaning.advice));
  }
  if (refusal.status == 404) return Error(ErrorCode::not_found, "The image's data is not in its bucket");
  if (refusal.status == 412) return Error(ErrorCode::duplicate, "There is data of this name already");
  if (refusal.status == 416) return Error(ErrorCode::range_unsatisfiable, "The range lies beyond the data");
  if (refusal.status == 413 || refusal.status == 507)
    return Error(ErrorCode::storage_full, what + ": no room.");
  const bool is_denied = refusal.status == 401 || refusal.status == 403;
  return Error(is_denied ? ErrorCode::storage_denied : ErrorCode::unavailable,
               fmt::format("{}: it answers {} {}.", what, refusal.status, code));
}

}  // namespace vitrine::stores
