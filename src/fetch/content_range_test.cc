#include "fetch/content_range.h"

#include <gtest/gtest.h>

namespace vitrine::fetch {
namespace {

using Part = ContentRange::Part;

TEST(ContentRange, NamesAPartAndTheWhole) {
  EXPECT_EQ(parse_content_range("bytes 0-4/10"), (ContentRange{Part{0, 4}, 10}));
  EXPECT_EQ(parse_content_range("Bytes 9-9/10"), (ContentRange{Part{9, 9}, 10}));
}

TEST(ContentRange, MayLeaveOneOfThemOut) {
  EXPECT_EQ(parse_content_range("bytes 0-4/*"), (ContentRange{Part{0, 4}, {}}));
  EXPECT_EQ(parse_content_range("bytes */10"), (ContentRange{{}, 10}));
}

TEST(ContentRange, IsNothingIfItIsMalformed) {
  for (const std::string_view text :
       {"", "bytes", "bytes ", "0-4/10", "items 0-4/10", "bytes 0-4", "bytes 4/10", "bytes -4/10",
        "bytes 0-/10", "bytes 0-4/", "bytes 0-4/x", "bytes */*", "bytes 0-x/10", "bytes 0-4/10,",
        "bytes 0-99999999999999999999/*"}) {
    EXPECT_EQ(parse_content_range(text), std::nullopt) << text;
  }
}

TEST(ContentRange, IsNothingIfItCannotBe) {
  EXPECT_EQ(parse_content_range("bytes 5-4/10"), std::nullopt);
  EXPECT_EQ(parse_content_range("bytes 0-10/10"), std::nullopt);
  EXPECT_EQ(parse_content_range("bytes 0-18446744073709551615/*"), std::nullopt);
}

}  // namespace
}  // namespace vitrine::fetch
