#include "stores/drivers/s3/s3_stream.h"

#include <utility>

namespace vitrine::stores {

S3Stream::S3Stream(std::unique_ptr<fetch::Sending> sending, std::uint64_t length)
    : sending_(std::move(sending)), length_(length) {}

S3Stream::~S3Stream() = default;

void S3Stream::write(Bytes bytes) {
  if (bytes.empty()) return;
  md5_.update(bytes);
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
  return md5_.finish();
}

}  // namespace vitrine::stores
