#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/held_body.h"
#include "stores/drivers/s3/s3_blobs.h"
#include "stores/drivers/s3/s3_location.h"
#include "stores/drivers/s3/s3_multipart.h"

namespace vitrine::stores {

/// Writes a blob. One that is known to be small, or turns out to be, is one object; any other is uploaded in
/// parts. What fits is gathered in memory before it is sent, so that it can be signed and sent again; larger
/// objects and parts are sent as they come.
class S3Writer : public BlobWriter {
 public:
  /// The blobs are borrowed.
  S3Writer(S3Blobs& blobs, const S3PartSizes& sizes, const StoreCall& call, S3Location location,
           std::optional<std::uint64_t> size);
  ~S3Writer() override;

  void write(Bytes bytes) override;
  Location commit() override;

 private:
  S3Multipart& parts();
  std::size_t take(Bytes bytes);
  std::size_t stream(Bytes bytes);
  std::size_t gather(Bytes bytes);
  std::uint64_t next_part_size() const;
  void send_gathered();
  void end_stream();
  void commit_gathered();
  void commit_stream();

  S3Blobs& blobs_;
  const S3PartSizes sizes_;
  const StoreCall call_;
  const S3Location location_;
  const std::optional<std::uint64_t> size_;
  const bool is_multipart_;  ///< for sure
  std::uint64_t written_ = 0;
  std::vector<std::byte> gathered_;
  std::unique_ptr<S3Multipart> parts_;
  std::unique_ptr<HeldBody> stream_;
  std::optional<S3Object> doubtful_;  ///< may have come into being, though its commit failed
};

}  // namespace vitrine::stores
