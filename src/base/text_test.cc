#include "base/text.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Text, IsTrimmedAndSplit) {
  EXPECT_EQ(trim(" \t a b \n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
}

TEST(Text, LosesOnePairOfQuotes) {
  EXPECT_EQ(without_quotes("\"a b\""), "a b");
  EXPECT_EQ(without_quotes("'\"a\"'"), "\"a\"");
  EXPECT_EQ(without_quotes("''"), "");
  for (const char* text : {"", "\"", "a", "\"a", "a\"", "\"a'"}) EXPECT_EQ(without_quotes(text), text);
}

TEST(Text, ComparesWithoutCase) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
}

TEST(Numbers, AreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_unsigned("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", " 1", "1 ", "+1", "1.0", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(parse_unsigned(text)) << text;
  }
}

TEST(Utf8, CountsCharactersAndRefusesWhatIsInvalid) {
  EXPECT_EQ(utf8_length("aé€😀"), 4u);
  for (const char* text : {"\x80", "\xC0\xAF", "\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80"}) {
    EXPECT_FALSE(utf8_length(text));
  }
  EXPECT_TRUE(has_four_byte_character("a😀"));
  EXPECT_FALSE(has_four_byte_character("aé€"));
}

TEST(Percent, DecodesWholeEscapesOnly) {
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(form_decode("a%20b+c"), "a b c");
  EXPECT_FALSE(percent_decode("%2"));
  EXPECT_FALSE(percent_decode("%zz"));
  EXPECT_EQ(form_encode("in:a,b c~"), "in%3Aa%2Cb+c~");
}

}  // namespace
}  // namespace vitrine
