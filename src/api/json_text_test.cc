#include "api/json_text.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"

namespace vitrine::api {
namespace {

TEST(JsonText, LooksAsPythonWritesIt) {
  const boost::json::value value = parse_json(R"({"a":[1,-2,true,null],"b":{},"ü":"é\u0001\"\\\n"})");

  EXPECT_EQ(to_json_text(value), R"({"a": [1, -2, true, null], "b": {}, "ü": "é\u0001\"\\\n"})");
}

TEST(JsonText, TheLastOfDuplicateKeysWins) {
  EXPECT_EQ(to_json_text(parse_json(R"({"a":1,"a":2})")), R"({"a": 2})");
}

TEST(JsonText, RefusesWhatIsNoJson) {
  std::string deep(1000, '[');
  for (const std::string& text : {std::string(), std::string("{"), std::string("{'a': 1}"),
                                  std::string("NaN"), std::string("\"\xff\""), std::string("1 2"), deep}) {
    EXPECT_THROW(parse_json(text), Error) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace vitrine::api
