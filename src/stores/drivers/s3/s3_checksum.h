#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "stores/driver.h"

/// The checksum that S3 services keep with data: the CRC-32, in base64.
namespace vitrine::stores {

/// The header that it stands in.
inline constexpr const char* s3_checksum_header = "x-amz-checksum-crc32";

/// A checksum over bytes that come piece by piece.
class S3Checksum {
 public:
  void update(Bytes bytes);
  std::string text() const;

 private:
  unsigned long crc_ = 0;
};

std::string s3_checksum_of(Bytes bytes);

/// What a service says of a whole blob.
struct S3Checked {
  std::uint64_t size = 0;
  std::string checksum;
};

/// Reads a whole blob. Its last byte is given out only if the checksum is right, else it is
/// Error{unavailable}.
class S3CheckedReader : public BlobReader {
 public:
  S3CheckedReader(std::unique_ptr<BlobReader> inner, S3Checked expected);

  std::size_t read(MutableBytes space) override;

 private:
  const std::unique_ptr<BlobReader> inner_;
  const S3Checked expected_;
  S3Checksum checksum_;
  std::uint64_t taken_ = 0;  ///< bytes
};

}  // namespace vitrine::stores
