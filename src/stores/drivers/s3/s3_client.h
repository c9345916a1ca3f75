#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "fetch/client.h"
#include "fetch/sending.h"
#include "stores/driver.h"
#include "stores/drivers/s3/s3_documents.h"
#include "stores/drivers/s3/s3_settings.h"

namespace vitrine::stores {

/// A bucket, and the keys that open it.
struct S3Bucket {
  std::string name;
  S3Keys keys;
};

/// One request to a bucket, or to a blob in it.
struct S3Request {
  fetch::Method method = fetch::Method::get;
  std::string key;  ///< empty: the bucket itself
  S3Query query = {};
  std::vector<fetch::Header> headers = {};
  Bytes body = {};                      ///< borrowed
  std::optional<ByteRange> range = {};  ///< its length is not 0
};

/// A service's answer: either what was asked for, or why not.
struct S3Answer {
  std::unique_ptr<fetch::Response> response;  ///< if it is a success, its body is not read yet
  unsigned status = 0;
  S3Complaint complaint = {};  ///< of a refusal
  /// The request was made before without a clear answer, and may have been carried out then.
  bool is_repeated = false;

  bool is_good() const { return status < 300; }
};

/// Speaks S3 to one service: addresses, signs, and repeats what fails for reasons that pass. May be shared
/// between threads.
class S3Client {
 public:
  explicit S3Client(const S3Settings& settings);

  /// Makes a request that may be made twice. Throws Error{unavailable}, Error{timed_out} or Error{cancelled}
  /// if there is no answer.
  S3Answer ask(const StoreCall& call, const S3Bucket& bucket, const S3Request& request);

  /// Begins a PUT whose `length` bytes are pushed, not signed and not sent twice. The request's own body is
  /// empty. Throws as ask() does.
  std::unique_ptr<fetch::Sending> begin(const StoreCall& call, const S3Bucket& bucket,
                                        const S3Request& request, std::uint64_t length);

  /// What the response means.
  static S3Answer answer_of(std::unique_ptr<fetch::Response> response);

  /// The error that a refusal is. `purpose` says what it was about, as "read the image's data".
  Error error_of(const S3Answer& refusal, const S3Bucket& bucket, std::string_view purpose) const;

 private:
  fetch::Request signed_request(const StoreCall& call, const S3Bucket& bucket, const S3Request& request,
                                std::string_view payload_digest) const;
  S3Answer ask_patiently(const StoreCall& call, const S3Bucket& bucket, const S3Request& request);
  S3Answer ask_once(const StoreCall& call, const S3Bucket& bucket, const S3Request& request,
                    std::string_view payload_digest);

  const fetch::Uri endpoint_;
  const std::string region_;
  const S3Style style_;
  const fetch::PatienceSettings patience_;
  const SystemClock clock_;
  fetch::Client client_;
};

}  // namespace vitrine::stores
