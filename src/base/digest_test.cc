#include "base/digest.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine {
namespace {

struct Vector {
  const char* algorithm;
  const char* value;  ///< of "abc"
};

class DigestVectors : public ::testing::TestWithParam<Vector> {};

TEST_P(DigestVectors, AreComputedOverPieces) {
  Digest digest(GetParam().algorithm);

  digest.update(bytes_of("a"));
  digest.update({});
  digest.update(bytes_of("bc"));

  EXPECT_EQ(digest.finish(), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Abc, DigestVectors,
    ::testing::Values(
        Vector{"md5", "900150983cd24fb0d6963f7d28e17f72"},
        Vector{"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        Vector{"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        Vector{"SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        Vector{"sha512",
               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
               "ebbd454d4423643ce80e2a9ac94fa54ca49f"},
        Vector{"sha3_256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
        Vector{"sha512_256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
        Vector{"blake2b",
               "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533"
               "cc9518d38aa8dbf1925ab92386edd4009923"},
        Vector{"blake2s", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"}));

TEST(Digest, OfNothingIsTheDigestOfTheEmptyText) {
  EXPECT_EQ(Digest("md5").finish(), "d41d8cd98f00b204e9800998ecf8427e");
}

class RefusedDigest : public ::testing::TestWithParam<const char*> {};

TEST_P(RefusedDigest, IsAnErrorOfTheConfiguration) {
  try {
    Digest digest(GetParam());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_NE(std::string(error.what()).find(GetParam()), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(UnknownOrOfNoFixedLength, RefusedDigest,
                         ::testing::Values("", "sha-none", "shake128", "shake_128"));

}  // namespace
}  // namespace vitrine
