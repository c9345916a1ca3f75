#include "stores/drivers/s3/s3_stream.h"

#include <openssl/evp.h>

#include <array>

#include "base/error.h"
#include "stores/drivers/s3/s3_signature.h"

namespace vitrine::stores {
namespace {

EVP_MD_CTX* context_of(void* digest) {
  return static_cast<EVP_MD_CTX*>(digest);
}

void require(int is_good) {
  if (is_good != 1) throw Error(ErrorCode::internal, "OpenSSL computes no digest");
}

}  // namespace

void S3Stream::FreeDigest::operator()(void* context) const {
  EVP_MD_CTX_free(context_of(context));
}

S3Stream::S3Stream(std::unique_ptr<fetch::Sending> sending, std::uint64_t length)
    : sending_(std::move(sending)), length_(length), digest_(EVP_MD_CTX_new()) {
  require(EVP_DigestInit_ex(context_of(digest_.get()), EVP_md5(), nullptr));
}

S3Stream::~S3Stream() = default;

void S3Stream::write(Bytes bytes) {
  if (bytes.empty()) return;
  require(EVP_DigestUpdate(context_of(digest_.get()), bytes.data(), bytes.size()));
  taken_ += bytes.size();
  if (taken_ == length_) {
    last_ = bytes.back();
    bytes = bytes.first(bytes.size() - 1);
  }
  sending_->write(bytes);
}

fetch::Sending& S3Stream::finish() {
  if (last_) sending_->write(Bytes(&*last_, 1));
  return *sending_;
}

std::string S3Stream::md5() {
  std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  require(
      EVP_DigestFinal_ex(context_of(digest_.get()), reinterpret_cast<unsigned char*>(digest.data()), &size));
  return hex_of(Bytes(digest).first(size));
}

}  // namespace vitrine::stores
