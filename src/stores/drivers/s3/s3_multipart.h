#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "stores/drivers/held_body.h"
#include "stores/drivers/part_sender.h"
#include "stores/drivers/s3/s3_blobs.h"

namespace vitrine::stores {

/// A blob that is uploaded in parts, several at the same time. Destroyed before it is completed, it leaves
/// nothing behind. Used by one thread; what fails on others comes out of its next call.
class S3Multipart {
 public:
  static constexpr std::size_t most_parts = 10'000;  ///< that S3 takes

  /// Begins the upload. With checksums no part is pushed. The blobs are borrowed.
  S3Multipart(S3Blobs& blobs, const StoreCall& call, const std::string& key, const S3PartSizes& sizes,
              S3Sums sums);
  ~S3Multipart();
  S3Multipart(const S3Multipart&) = delete;
  S3Multipart& operator=(const S3Multipart&) = delete;

  /// Parts so far.
  std::size_t count() const { return count_; }

  /// Sends a part on another thread; waits while that would take up too much memory, the next part of
  /// `next_size` bytes included.
  void add(std::vector<std::byte> part, std::uint64_t next_size);

  /// Begins a part that is pushed; end_stream() ends it.
  std::unique_ptr<HeldBody> begin_stream(std::uint64_t length);
  void end_stream(HeldBody& stream);

  /// Waits for all parts, and makes them one blob of `size` bytes.
  void complete(std::uint64_t size);

 private:
  std::size_t take_number();
  void note(std::size_t number, S3Part part);

  S3Blobs& blobs_;
  const StoreCall outer_;  ///< the call that all is done for
  const S3Sums sums_;
  const S3Upload upload_;
  std::size_t count_ = 0;
  std::optional<S3Object> doubtful_;  ///< may have come into being, though its completion failed
  bool is_complete_ = false;

  std::mutex mutex_;
  std::vector<S3Part> parts_;
  PartSender sender_;  // last: what it sends uses the rest
};

}  // namespace vitrine::stores
