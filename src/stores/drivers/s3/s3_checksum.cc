#include "stores/drivers/s3/s3_checksum.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <utility>

#include "base/error.h"

namespace vitrine::stores {

void S3Checksum::update(Bytes bytes) {
  crc_ = ::crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

std::string S3Checksum::text() const {
  std::array<unsigned char, 4> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits.at(i) = static_cast<unsigned char>(crc_ >> (24 - 8 * i));
  }
  std::array<unsigned char, 9> text{};  // with a zero at its end
  const int length = ::EVP_EncodeBlock(text.data(), digits.data(), static_cast<int>(digits.size()));
  return {text.begin(), text.begin() + length};
}

std::string s3_checksum_of(Bytes bytes) {
  S3Checksum checksum;
  checksum.update(bytes);
  return checksum.text();
}

S3CheckedReader::S3CheckedReader(std::unique_ptr<BlobReader> inner, S3Checked expected)
    : inner_(std::move(inner)), expected_(std::move(expected)) {}

std::size_t S3CheckedReader::read(MutableBytes space) {
  const std::size_t count = inner_->read(space);
  checksum_.update(space.first(count));
  taken_ += count;
  const bool is_at_end = count > 0 && taken_ == expected_.size;
  if (is_at_end && checksum_.text() != expected_.checksum) {
    throw Error(ErrorCode::damaged, "The image's data in its bucket is damaged: it has another checksum");
  }
  return count;
}

}  // namespace vitrine::stores
