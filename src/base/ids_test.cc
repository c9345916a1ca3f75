#include "base/ids.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Uuid, IsRandomAndOfVersionFour) {
  const std::string id = new_uuid();

  EXPECT_TRUE(is_uuid(id));
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(id, new_uuid());
}

TEST(Uuid, AcceptsEitherCaseAndNothingElse) {
  EXPECT_TRUE(is_uuid("71C675AB-d94f-49cd-A114-e12490B328D9"));
  for (const char* text : {"", "71c675ab", "71c675ab-d94f-49cd-a114-e12490b328d",
                           "71c675abxd94f-49cd-a114-e12490b328d9", "g1c675ab-d94f-49cd-a114-e12490b328d9"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace vitrine
