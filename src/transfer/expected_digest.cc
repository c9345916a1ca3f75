#include "transfer/expected_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/digest.h"
#include "base/error.h"

namespace vitrine::transfer {
namespace {

constexpr std::array<std::string_view, 5> algorithms{"md5", "sha1", "sha256", "sha384", "sha512"};

class ExpectedDigestCheck : public ChunkCheck {
 public:
  explicit ExpectedDigestCheck(const ExpectedDigest& expected)
      : expected_(expected), digest_(expected.algorithm) {}

  void see(Bytes bytes) override { digest_.update(bytes); }

  void finish() override {
    const std::string found = digest_.finish();
    if (found == expected_.value) return;
    throw Error(ErrorCode::invalid,
                fmt::format("The data is not the expected one: its {} is {}.", expected_.algorithm, found));
  }

 private:
  const ExpectedDigest expected_;
  Digest digest_;
};

}  // namespace

bool is_possible(const ExpectedDigest& digest) {
  const bool is_known = std::ranges::find(algorithms, digest.algorithm) != algorithms.end();
  return is_known && digest.value.size() == Digest(digest.algorithm).finish().size() &&
         digest.value.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::unique_ptr<ChunkCheck> make_digest_check(const ExpectedDigest& digest) {
  return std::make_unique<ExpectedDigestCheck>(digest);
}

}  // namespace vitrine::transfer
