#include "catalog/json_text.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace vitrine::catalog {
namespace {

/// Each text is what json.dumps() of Python 3.11 makes of the value that it stands for.
TEST(JsonText, IsWrittenAsPythonWritesIt) {
  for (const char* text : {
           R"({})",
           R"([])",
           R"({"a": 1, "b": [true, false, null], "c": {"d": "e"}})",
           R"([0, -1, 9223372036854775807, 18446744073709551615, 1.5, 2.0, -0.25])",
           R"("\"\\/\b\f\n\r\t\u0000\u001f\u007f")",
           R"("\u00fc \u20ac \ud83d\ude00 \uffff")",
       }) {
    EXPECT_EQ(to_json_text(boost::json::parse(text)), text);
  }
}

TEST(JsonText, AFractionStaysOne) {
  for (const double number : {1e100, 1e-300, 1.0, 1e16, 123456789.125}) {
    EXPECT_EQ(boost::json::parse(to_json_text(number)), boost::json::value(number));
  }
}

TEST(JsonText, AnythingButAnObjectIsNone) {
  for (const char* text : {"", "{", "null", "[1]", "{} {}", "\"a\""}) {
    EXPECT_FALSE(parse_json_object(text)) << text;
  }
}

TEST(JsonText, ReadsWhatOthersWrite) {
  const boost::json::object expected{{"store", "ü"}, {"n", 1}};

  EXPECT_EQ(parse_json_object(R"({"store": "\u00fc", "n": 1})"), expected);
  EXPECT_EQ(parse_json_object("{\n\"store\":\"ü\",\"n\":1}"), expected);
}

}  // namespace
}  // namespace vitrine::catalog
