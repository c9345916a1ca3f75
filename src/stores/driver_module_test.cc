#include "stores/driver_module.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string refusal_of(std::string_view module) {
  try {
    load_module(module);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    return error.what();
  }
  return {};
}

// The modules are made with the tests: see CMakeLists.txt.

TEST(DriverModule, IsLoadedIfItWasBuiltWithTheProgram) {
  EXPECT_THAT(why_no_module("own_build"), IsEmpty());
  EXPECT_EQ(load_module("own_build").make, nullptr);
}

TEST(DriverModule, IsRefusedIfItWasBuiltWithAnotherProgram) {
  const std::string refusal = refusal_of("other_build");

  EXPECT_THAT(refusal, HasSubstr("other_build.so was built with 0.0.1-0123456789ab"));
  EXPECT_THAT(refusal, HasSubstr("Install both from one build"));
  EXPECT_EQ(why_no_module("other_build"), refusal);
}

TEST(DriverModule, IsRefusedIfItDoesNotSayWhatItWasBuiltWith) {
  EXPECT_THAT(refusal_of("unnamed_build"), HasSubstr("was built with an older version"));
}

TEST(DriverModule, IsMissedByItsName) {
  EXPECT_THAT(refusal_of("no_such"), HasSubstr("vitrine/no_such.so. Install it"));
}

}  // namespace
}  // namespace vitrine::stores
