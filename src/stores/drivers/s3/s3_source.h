#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stores/drivers/resuming_reader.h"
#include "stores/drivers/s3/s3_client.h"

namespace vitrine::stores {

/// A blob as a bucket has it; the bucket need not be the store's own.
struct S3Place {
  S3Bucket bucket;
  std::string key;
};

/// Gets the data of a blob from its bucket.
class S3Source : public DataSource {
 public:
  /// The client is borrowed.
  S3Source(S3Client& client, const StoreCall& call, S3Place place)
      : client_(client), call_(call), place_(std::move(place)) {}

  std::unique_ptr<fetch::Response> ask(const DataQuestion& question) override;
  std::optional<std::uint64_t> size() override;

 private:
  S3Client& client_;
  const StoreCall call_;
  const S3Place place_;
};

}  // namespace vitrine::stores
