#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "stores/driver.h"
#include "stores/drivers/s3/s3_client.h"

namespace vitrine::stores {

/// A blob as a bucket has it; the bucket need not be the store's own.
struct S3Place {
  S3Bucket bucket;
  std::string key;
};

/// Reads a stretch of a blob, and goes on where a connection broke, as long as the blob is the same.
class S3Reader : public BlobReader {
 public:
  /// The client is borrowed. Throws Error{not_found}, Error{range_unsatisfiable}, and what the client throws.
  S3Reader(S3Client& client, const StoreCall& call, S3Place place, ByteRange range);

  std::size_t read(MutableBytes space) override;

 private:
  void open(ByteRange range);
  void open_refused(const S3Answer& refusal, ByteRange range);
  void take_part(fetch::Response& response, ByteRange range);
  void reopen();
  std::size_t read_on(MutableBytes space);

  S3Client& client_;
  const StoreCall call_;
  const S3Place place_;
  std::unique_ptr<fetch::Response> response_;  ///< null: there is nothing to read
  std::string etag_;                           ///< as it came; empty: the service gave none
  std::uint64_t offset_ = 0;                   ///< of the byte that comes next
  std::uint64_t left_ = 0;                     ///< bytes
};

}  // namespace vitrine::stores
