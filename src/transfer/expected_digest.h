#pragma once

#include <memory>
#include <string>

#include "transfer/intake.h"

namespace vitrine::transfer {

/// What somebody says that a digest of some data is.
struct ExpectedDigest {
  std::string algorithm;
  std::string value;  ///< lower-case hexadecimal
};

/// Whether it can be one: of an algorithm that those who publish images name (md5, sha1, sha256, sha384,
/// sha512), and as long as that makes it.
bool is_possible(const ExpectedDigest& digest);

/// A check that refuses any other data at its end, before a store commits it: throws Error{invalid}. `digest`
/// is possible.
std::unique_ptr<ChunkCheck> make_digest_check(const ExpectedDigest& digest);

}  // namespace vitrine::transfer
