#include "stores/drivers/held_body.h"

#include <utility>

namespace vitrine::stores {

HeldBody::HeldBody(std::unique_ptr<fetch::Sending> sending, std::uint64_t length)
    : sending_(std::move(sending)), length_(length) {}

HeldBody::~HeldBody() = default;

void HeldBody::write(Bytes bytes) {
  if (bytes.empty()) return;
  md5_.update(bytes);
  taken_ += bytes.size();
  if (taken_ == length_) {
    last_ = bytes.back();
    bytes = bytes.first(bytes.size() - 1);
  }
  sending_->write(bytes);
}

fetch::Sending& HeldBody::finish() {
  if (last_) sending_->write(Bytes(&*last_, 1));
  return *sending_;
}

std::string HeldBody::md5() {
  return md5_.finish();
}

}  // namespace vitrine::stores
