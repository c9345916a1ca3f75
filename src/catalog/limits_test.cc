#include "catalog/limits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"

namespace vitrine::catalog {
namespace {

bool is_refused(const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid);
    return true;
  }
  return false;
}

TEST(Limits, CountCharactersWhereTheColumnDoes) {
  EXPECT_FALSE(is_refused([] { require_storable("name", "üüü", 3); }));
  EXPECT_TRUE(is_refused([] { require_storable("name", "üüüü", 3); }));
}

TEST(Limits, CountBytesInTextColumns) {
  EXPECT_FALSE(is_refused([] { require_storable_text("value", std::string(65'535, 'x')); }));
  EXPECT_TRUE(is_refused([] { require_storable_text("value", std::string(65'534, 'x') + "ü"); }));
}

TEST(Limits, KeepOutWhatSomeEngineCannotHold) {
  for (const std::string& text : {std::string("\xF0\x9F\x98\x80"), std::string("a\0b", 3),
                                  std::string("\xC3"), std::string("\xED\xA0\x80"), std::string("\xFF")}) {
    EXPECT_TRUE(is_refused([&] { require_storable("name", text, 255); }));
    EXPECT_TRUE(is_refused([&] { require_storable_text("name", text); }));
  }
  EXPECT_FALSE(is_refused([] { require_storable("name", "\uFFFF\n\t ", 255); }));
}

TEST(Limits, BoundNumbers) {
  EXPECT_FALSE(is_refused([] { require_storable_integer("min_ram", 2'147'483'647); }));
  EXPECT_TRUE(is_refused([] { require_storable_integer("min_ram", 2'147'483'648); }));
  EXPECT_TRUE(is_refused([] { require_storable_integer("min_ram", -1); }));
  EXPECT_FALSE(is_refused([] { require_storable_size("size", INT64_MAX); }));
  EXPECT_TRUE(is_refused([] { require_storable_size("size", std::uint64_t{1} << 63); }));
}

TEST(Limits, AreNamedInTheMessage) {
  try {
    require_storable("tag", "xx", 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "The tag is longer than 1 characters.");
  }
}

}  // namespace
}  // namespace vitrine::catalog
