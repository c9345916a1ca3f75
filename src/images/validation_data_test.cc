#include "images/validation_data.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::images {
namespace {

const std::string md5(32, 'a');
const std::string sha512(128, 'b');

class ValidationDataRules : public testing::Test {
 protected:
  void apply(const std::vector<ValidationData>& all) {
    std::vector<GivenLocation> given;
    for (const ValidationData& one : all) given.push_back({.location = {}, .validation = one});
    apply_validation_data(image_, given, "sha512");
  }

  bool is_conflict(const std::vector<ValidationData>& all) {
    const model::Image before = image_;
    try {
      apply(all);
    } catch (const Error& error) {
      EXPECT_EQ(image_.os_hash_value, before.os_hash_value) << "changed all the same";
      return error.code() == ErrorCode::conflict;
    }
    return false;
  }

  model::Image image_;  // queued
};

TEST_F(ValidationDataRules, FillAQueuedImage) {
  apply({{md5, "sha512", sha512}});

  EXPECT_EQ(image_.checksum, md5);
  EXPECT_EQ(image_.os_hash_algo, "sha512");
  EXPECT_EQ(image_.os_hash_value, sha512);
}

TEST_F(ValidationDataRules, AskForNoChecksum) {
  apply({{{}, "sha512", sha512}});

  EXPECT_FALSE(image_.checksum);
  EXPECT_EQ(image_.os_hash_value, sha512);
}

TEST_F(ValidationDataRules, LetAnActiveImageBeDescribedAsItIs) {
  apply({{md5, "sha512", sha512}});
  image_.status = model::ImageStatus::active;

  EXPECT_NO_THROW(apply({{md5, "sha512", sha512}, {{}, "sha512", sha512}}));
}

TEST_F(ValidationDataRules, GiveAnActiveImageNothingNew) {
  image_.status = model::ImageStatus::active;

  EXPECT_TRUE(is_conflict({{{}, "sha512", sha512}}));
}

TEST_F(ValidationDataRules, ChangeNothingThatIsKnown) {
  image_.os_hash_algo = "sha512";
  image_.os_hash_value = std::string(128, 'c');

  EXPECT_TRUE(is_conflict({{{}, "sha512", sha512}}));
}

TEST_F(ValidationDataRules, MustAgreeBetweenLocations) {
  EXPECT_TRUE(is_conflict({{{}, "sha512", sha512}, {{}, "sha512", std::string(128, 'c')}}));
  EXPECT_TRUE(is_conflict({{md5, "sha512", sha512}, {std::string(32, 'f'), "sha512", sha512}}));
}

TEST_F(ValidationDataRules, MustBeOfTheServicesOwnAlgorithm) {
  EXPECT_TRUE(is_conflict({{{}, "sha256", std::string(64, 'b')}}));
}

TEST_F(ValidationDataRules, MustBeHexadecimalAndOfTheRightLength) {
  EXPECT_TRUE(is_conflict({{{}, "sha512", std::string(128, 'x')}}));
  EXPECT_TRUE(is_conflict({{{}, "sha512", std::string(127, 'b')}}));
  EXPECT_TRUE(is_conflict({{{}, "sha512", ""}}));
  EXPECT_TRUE(is_conflict({{std::string(32, 'x'), "sha512", sha512}}));
}

}  // namespace
}  // namespace vitrine::images
