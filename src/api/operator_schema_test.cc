#include "api/operator_schema.h"

#include <gmock/gmock.h>

#include "api/image_schema.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names_of(const boost::json::object& properties) {
  std::vector<std::string> names;
  for (const auto& property : properties) names.emplace_back(property.key());
  return names;
}

TEST(OperatorSchema, ReadsTheFlatForm) {
  const OperatorSchema schema = parse_operator_schema(R"({"b": {"type": "string"}, "a": {}})");

  EXPECT_THAT(names_of(schema.properties), ElementsAre("b", "a"));
  EXPECT_EQ(schema.properties.at("b"), (boost::json::value{{"type", "string"}, {"is_base", false}}));
  EXPECT_THAT(schema.required, IsEmpty());
}

TEST(OperatorSchema, ReadsTheExtendedForm) {
  const OperatorSchema schema =
      parse_operator_schema(R"({"properties": {"a": {}, "b": {}}, "required": ["b"]})");

  EXPECT_THAT(names_of(schema.properties), ElementsAre("a", "b"));
  EXPECT_THAT(schema.required, ElementsAre("b"));
}

TEST(OperatorSchema, TellsTheFormsApartByTheirShape) {
  EXPECT_THAT(names_of(parse_operator_schema(R"({"properties": {"type": "string"}})").properties),
              ElementsAre("properties"));
  EXPECT_THAT(names_of(parse_operator_schema(R"({"properties": {"a": {}}, "other": {}})").properties),
              ElementsAre("properties", "other"));
  EXPECT_THAT(names_of(parse_operator_schema(R"({"required": {}})").properties), ElementsAre("required"));
  EXPECT_THAT(names_of(parse_operator_schema("{}").properties), IsEmpty());
}

TEST(OperatorSchema, RefusesWhatCannotBeMeant) {
  for (const char* text :
       {"{", "[]", R"({"a": "string"})", R"({"name": {"type": "string"}})", R"({"os_glance_x": {}})",
        R"({"a": {"type": 5}})", R"({"a": {"pattern": "(("}})",
        R"({"properties": {"a": {}}, "required": ["b"]})", R"({"properties": {"a": {}}, "required": [1]})"}) {
    try {
      parse_operator_schema(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration) << text;
    }
  }
}

TEST(ImageSchema, ShowsTheOperatorsPropertiesBehindTheBaseOnes) {
  const ImageSchema schema({"bare"}, {"raw"},
                           parse_operator_schema(R"({"properties": {"a": {}}, "required": ["a"]})"));

  EXPECT_THAT(names_of(schema.document()),
              ElementsAre("name", "properties", "additionalProperties", "required", "links"));
  EXPECT_EQ(names_of(schema.document().at("properties").as_object()).back(), "a");
  EXPECT_TRUE(schema.describes("a"));
  EXPECT_FALSE(schema.describes("b"));
}

TEST(ImageSchema, WantsRequiredPropertiesOfNewImages) {
  const ImageSchema schema({"bare"}, {"raw"},
                           parse_operator_schema(R"({"properties": {"a": {}}, "required": ["a"]})"));

  EXPECT_NO_THROW(schema.require_valid({}));
  EXPECT_THROW(schema.require_complete({}), Error);
  EXPECT_NO_THROW(schema.require_complete({{"a", ""}}));
  EXPECT_TRUE(schema.is_required("a"));
  EXPECT_FALSE(schema.is_required("name"));
}

}  // namespace
}  // namespace vitrine::api
