#include "api/json_schema.h"

#include <gtest/gtest.h>

#include "api/json_text.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

JsonSchema schema_of(std::string_view properties) {
  return JsonSchema({{"properties", parse_json(properties)}});
}

ErrorCode code_of_document(const JsonSchema& schema, boost::json::object document) {
  return code_of([&] { schema.require_valid(document, "thing"); });
}

TEST(JsonSchema, HoldsDocumentsAgainstIt) {
  const JsonSchema schema = schema_of(R"({"a": {"type": "integer"}, "b": {"enum": ["x", null]}})");

  EXPECT_NO_THROW(schema.require_valid({{"a", 1}, {"b", nullptr}, {"c", 5}}, "thing"));
  EXPECT_EQ(code_of_document(schema, {{"a", "1"}}), ErrorCode::invalid);
  EXPECT_EQ(code_of_document(schema, {{"b", "y"}}), ErrorCode::invalid);
}

TEST(JsonSchema, IsRefusedWhenItIsNone) {
  for (const char* properties : {R"({"a": {"type": 5}})", R"({"a": {"pattern": "(("}})",
                                 R"({"a": {"items": {"pattern": "[z-a]"}}})", R"({"a": {"required": 1}})"}) {
    EXPECT_EQ(code_of([&] { schema_of(properties); }), ErrorCode::configuration) << properties;
  }
}

TEST(JsonSchema, MatchesNoEndlessTexts) {
  const JsonSchema schema = schema_of(
      R"({"a": {"pattern": "^(x|y)*$"}, "b": {"type": "array", "items": {"pattern": "^(x|y)*$"}}, "c": {}})");
  const std::string endless(1'000'000, 'x');

  EXPECT_EQ(code_of_document(schema, {{"a", endless}}), ErrorCode::invalid);
  EXPECT_EQ(code_of_document(schema, {{"b", boost::json::array{"x", endless}}}), ErrorCode::invalid);
  EXPECT_NO_THROW(schema.require_valid({{"a", "xyx"}, {"c", endless}, {"d", endless}}, "thing"));
}

TEST(WholeNumbers, LoseTheirFractionsWhereverTheyAre) {
  const boost::json::value value = with_whole_numbers(parse_json(R"({"a": [1.0, 1e2, 1.5], "b": "1.0"})"));

  EXPECT_EQ(to_json_text(value), R"({"a": [1, 100, 1.5E0], "b": "1.0"})");
}

}  // namespace
}  // namespace vitrine::api
