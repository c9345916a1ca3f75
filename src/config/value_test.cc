#include "config/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Declaration of_type(Type type) {
  Declaration declaration;
  declaration.type = type;
  return declaration;
}

TextList items(const Declaration& declaration, std::string_view text) {
  const auto value = parse_value(declaration, text);
  return value ? std::get<TextList>(*value) : TextList{"(refused)"};
}

TEST(Booleans, AreWordsInAnyCase) {
  for (const char* text : {"true", "1", "On", "YES"})
    EXPECT_EQ(parse_value(of_type(Type::boolean), text), Value(true));
  for (const char* text : {"False", "0", "off", "nO"}) {
    EXPECT_EQ(parse_value(of_type(Type::boolean), text), Value(false));
  }
  for (const char* text : {"", "2", "maybe"}) EXPECT_FALSE(parse_value(of_type(Type::boolean), text)) << text;
}

TEST(Integers, AreDecimalAndWithinBounds) {
  Declaration port = of_type(Type::integer);
  port.min = 0;
  port.max = 65535;

  EXPECT_EQ(parse_value(port, "+80"), Value(std::int64_t{80}));
  EXPECT_EQ(parse_value(port, "65535"), Value(std::int64_t{65535}));
  for (const char* text : {"65536", "-1", "0x10", "5.0", "+-5", "99999999999999999999", "five"}) {
    EXPECT_FALSE(parse_value(port, text)) << text;
  }
}

TEST(Integers, KeepTheirLastDigit) {
  Declaration largest = of_type(Type::integer);
  largest.max = std::numeric_limits<std::int64_t>::max() - 1;

  EXPECT_TRUE(parse_value(largest, "9223372036854775806"));
  EXPECT_FALSE(parse_value(largest, "9223372036854775807"));
}

TEST(Numbers, AreUnsetWhenEmpty) {
  EXPECT_EQ(parse_value(of_type(Type::integer), ""), Value{});
  EXPECT_EQ(parse_value(of_type(Type::number), " "), Value{});
}

TEST(Numbers, HaveFractionsAndBounds) {
  Declaration delay = of_type(Type::number);
  delay.min = 0;
  delay.max = 4.5L;

  EXPECT_EQ(parse_value(delay, "4.5"), Value(4.5));
  EXPECT_EQ(parse_value(delay, "1e-1"), Value(0.1));
  for (const char* text : {"4.6", "-0.1", "inf", "nan", "1s"}) EXPECT_FALSE(parse_value(delay, text)) << text;
}

TEST(Texts, AreOneOfTheChoices) {
  Declaration level = of_type(Type::text);
  level.choices = "ERROR,INFO,";

  EXPECT_TRUE(parse_value(level, "INFO"));
  EXPECT_TRUE(parse_value(level, ""));
  EXPECT_FALSE(parse_value(level, "info"));
}

TEST(Texts, KeepTheCaseInWhichAChoiceWasTyped) {
  Declaration driver = of_type(Type::text);
  driver.choices = "sqlite,xattr";
  driver.any_case = true;

  EXPECT_EQ(parse_value(driver, "SQLite"), Value(std::string("SQLite")));
}

TEST(Texts, MayHaveToBeHosts) {
  Declaration host = of_type(Type::text);
  host.is_host = true;

  for (const char* text : {"1.2.3.4", "::1", "a.b-c", "localhost", "a.b."})
    EXPECT_TRUE(parse_value(host, text)) << text;
  const std::string long_label(64, 'a');
  for (const char* text : {"", "a_b", "-a", "a-", "a..b", "1.2.3", "[::1]", long_label.c_str()}) {
    EXPECT_FALSE(parse_value(host, text)) << text;
  }
}

TEST(Lists, AreSeparatedByCommas) {
  EXPECT_THAT(items(of_type(Type::list), " a , b,,"), ElementsAre("a", "b"));
  EXPECT_THAT(items(of_type(Type::list), "a,\nb"), ElementsAre("a", "b"));
  EXPECT_THAT(items(of_type(Type::list), "a,,b"), ElementsAre("a", "", "b"));
  EXPECT_THAT(items(of_type(Type::list), ""), IsEmpty());
  EXPECT_THAT(items(of_type(Type::list), "[a],\"b\""), ElementsAre("[a]", "\"b\""));
}

TEST(Lists, MayNeedBracketsAndThenTakeQuotes) {
  Declaration list = of_type(Type::list);
  list.needs_brackets = true;

  EXPECT_THAT(items(list, "[a, 'b', \"c,d\"]"), ElementsAre("a", "b", "c,d"));
  EXPECT_THAT(items(list, "[]"), IsEmpty());
  EXPECT_THAT(items(list, "[a,],"), ElementsAre("a"));
  for (const char* text : {"", "a", "[a", "a]", "[\"a]", "['a\"]", "["}) {
    EXPECT_FALSE(parse_value(list, text)) << text;
  }
}

TEST(Lists, CheckEachItem) {
  Declaration methods = of_type(Type::list);
  methods.choices = "one,two";
  Declaration ports = of_type(Type::list);
  ports.min = 1;
  ports.max = 65535;

  EXPECT_THAT(items(methods, "two, one"), ElementsAre("two", "one"));
  EXPECT_FALSE(parse_value(methods, "one,three"));
  EXPECT_THAT(items(ports, "80,443"), ElementsAre("80", "443"));
  EXPECT_FALSE(parse_value(ports, "80,0"));
}

TEST(Maps, ArePairsWithUniqueKeys) {
  const auto value = parse_value(of_type(Type::map), "fast : rbd,\n slow:file:x, none:");

  ASSERT_TRUE(value);
  EXPECT_THAT(std::get<TextMap>(*value),
              ElementsAre(Pair("fast", "rbd"), Pair("slow", "file:x"), Pair("none", "")));
  EXPECT_EQ(parse_value(of_type(Type::map), ""), Value(TextMap{}));
  for (const char* text : {"a", ":b", "a:b,a:c", "a:b,"})
    EXPECT_FALSE(parse_value(of_type(Type::map), text)) << text;
}

TEST(Accepted, SaysWhatAnOptionTakes) {
  Declaration port = of_type(Type::integer);
  port.min = 1;
  port.max = 65535;
  Declaration driver = of_type(Type::text);
  driver.choices = "sqlite,xattr";
  driver.any_case = true;
  Declaration methods = of_type(Type::list);
  methods.choices = "one,two";
  methods.needs_brackets = true;

  EXPECT_EQ(accepted(port), "a whole number from 1 to 65535");
  EXPECT_EQ(accepted(driver), "one of sqlite, xattr (in any case)");
  EXPECT_EQ(accepted(methods), "a list in brackets, as [a, b], each item one of one, two");
}

}  // namespace
}  // namespace vitrine::config
