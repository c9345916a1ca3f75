#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"

namespace vitrine {

/// A digest over bytes that come piece by piece. One thread at a time.
class Digest {
 public:
  /// `algorithm` as operators write it in hashing_algorithm: OpenSSL's names, and Python's for the same
  /// digests (sha3_256, blake2b). Throws Error{configuration} if there is none of that name, or none of fixed
  /// length.
  explicit Digest(const std::string& algorithm);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void update(Bytes bytes);
  /// Lower-case hexadecimal. Ends the digest.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine
