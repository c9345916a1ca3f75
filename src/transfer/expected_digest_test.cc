#include "transfer/expected_digest.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::transfer {
namespace {

const ExpectedDigest of_12345{"md5", "827ccb0eea8a706c4c34a16891f84e7b"};

TEST(ExpectedDigest, LetsItsDataPassInAnyPieces) {
  const auto check = make_digest_check(of_12345);

  check->see(bytes_of("123"));
  check->see(bytes_of("45"));

  EXPECT_NO_THROW(check->finish());
}

TEST(ExpectedDigest, RefusesOtherData) {
  const auto check = make_digest_check(of_12345);
  check->see(bytes_of("54321"));

  try {
    check->finish();
    FAIL() << "other data passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid);
  }
}

TEST(ExpectedDigest, IsOfAKnownAlgorithmAndItsLength) {
  EXPECT_TRUE(is_possible(of_12345));
  EXPECT_TRUE(is_possible({"sha256", std::string(64, 'a')}));
  EXPECT_FALSE(is_possible({"sha256", std::string(63, 'a')}));
  EXPECT_FALSE(is_possible({"sha256", std::string(64, 'x')}));
  EXPECT_FALSE(is_possible({"crc32", "aaaaaaaa"}));
  EXPECT_FALSE(is_possible({"", ""}));
}

}  // namespace
}  // namespace vitrine::transfer
