#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "stores/driver.h"
#include "stores/drivers/s3/s3_blobs.h"
#include "stores/drivers/s3/s3_checksum.h"
#include "stores/drivers/s3/s3_client.h"
#include "stores/drivers/s3/s3_location.h"
#include "stores/drivers/s3/s3_settings.h"
#include "stores/drivers/s3/s3_source.h"

namespace vitrine::stores {

/// Keeps blobs as objects of a bucket, each under its own name. Locations are read as S3Location says; their
/// data is always asked of the configured service, with the configured keys unless the location is of another
/// bucket or host and brings keys of its own. Reaches out to the service only when a call needs it.
class S3Driver : public Driver {
 public:
  explicit S3Driver(S3Settings settings);

  Abilities abilities() const override { return {}; }
  /// Throws Error{storage_denied} if the bucket is missing and not to be created, or the keys do not fit.
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  S3Place place_of(const Location& location) const;
  std::optional<S3Checked> checksum_of(const StoreCall& call, const S3Place& place);
  void require_bucket(const StoreCall& call);
  void create_bucket(const StoreCall& call);

  const S3Settings settings_;
  const S3Bucket bucket_;
  S3Client client_;
  S3Blobs blobs_;
  std::atomic<bool> has_bucket_ = false;  ///< as far as is known
};

/// The driver of a store that is configured in the group. Throws Error{configuration}.
std::unique_ptr<Driver> make_s3_driver(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
