#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "fetch/sending.h"

namespace vitrine::stores {

/// Bytes on their way to a service, whose number is known. The last one is kept back until finish(), so that
/// nothing comes into being before. Used by one thread.
class HeldBody {
 public:
  HeldBody(std::unique_ptr<fetch::Sending> sending, std::uint64_t length);
  ~HeldBody();
  HeldBody(const HeldBody&) = delete;
  HeldBody& operator=(const HeldBody&) = delete;

  std::uint64_t length() const { return length_; }
  std::uint64_t missing() const { return length_ - taken_; }
  /// No more bytes than are missing. Does nothing any more once the service has refused them.
  void write(Bytes bytes);
  bool is_refused() const { return sending_->is_answered(); }

  /// Hands the last byte over. The request is then to be finished.
  fetch::Sending& finish();
  /// Of what was written, in hexadecimal. Called once.
  std::string md5();

 private:
  std::unique_ptr<fetch::Sending> sending_;
  const std::uint64_t length_;
  std::uint64_t taken_ = 0;
  std::optional<std::byte> last_;
  Digest md5_{"md5"};
};

}  // namespace vitrine::stores
