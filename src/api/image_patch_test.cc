#include "api/image_patch.h"

#include <gtest/gtest.h>

#include "api/json_text.h"
#include "api/location_patch.h"
#include "base/error.h"
#include "images/images.h"
#include "tests/support/api_stores.h"

namespace vitrine::api {
namespace {

class Patch : public testing::Test {
 protected:
  Patch() {
    image_.name = "old";
    image_.set_property("color", "red");
  }

  tests::MemoryDriver& memory() {
    return dynamic_cast<tests::MemoryDriver&>(stores_.default_store().driver());
  }

  void patch(std::string_view text, PatchDialect dialect = PatchDialect::v2_1) {
    images::LocationEditor editor(stores_, admission_, limits_, caller_, {});
    apply(parse_image_patch(parse_json(text), dialect, schema_), image_, editor, [](const PatchStep&) {});
  }

  ErrorCode code_of(std::string_view text, PatchDialect dialect = PatchDialect::v2_1) {
    try {
      patch(text, dialect);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  std::vector<std::string> uris() const {
    std::vector<std::string> result;
    for (const model::ImageLocation& row : image_.locations) result.push_back(row.location.uri);
    return result;
  }

  ImageSchema schema_{{"bare"}, {"raw", "qcow2"}, parse_operator_schema(R"({"properties": {
      "kernel_id": {"type": ["null", "string"]}, "origin": {"type": "string", "enum": ["here", "there"]},
      "age": {"type": "number"}, "parts": {"type": "array"}}, "required": ["origin"]})")};
  stores::StoreSet stores_ =
      stores_like(stores::StoreMode::single, {{.id = "memory", .type = "memory", .schemes = {"memory"}}});
  fetch::Admission admission_{fetch::UriFilter({}), fetch::Vicinity::site};
  images::Limits limits_;
  model::Caller caller_;
  model::Image image_;
};

TEST_F(Patch, AddsReplacesAndRemoves) {
  patch(
      R"([{"op": "replace", "path": "/name", "value": "new"}, {"op": "add", "path": "/shape", "value": "round"},
            {"op": "remove", "path": "/color"}, {"op": "add", "path": "/min_ram", "value": 1e2}])");

  EXPECT_EQ(image_.name, "new");
  EXPECT_EQ(image_.find_property("shape")->value, "round");
  EXPECT_EQ(image_.find_property("color"), nullptr);
  EXPECT_EQ(image_.min_ram, 100);
}

TEST_F(Patch, PointersAreUnescaped) {
  patch(R"([{"op": "add", "path": "/a~1b~0c", "value": "x"}, {"op": "add", "path": "//d", "value": "y"},
            {"op": "add", "path": "/", "value": "z"}])");

  EXPECT_NE(image_.find_property("a/b~c"), nullptr);
  EXPECT_NE(image_.find_property("d"), nullptr);
  EXPECT_NE(image_.find_property(""), nullptr);
}

TEST_F(Patch, TheOlderDialectHasOneVerbAndNoOverwriting) {
  patch(R"([{"add": "/shape", "value": "round"}, {"replace": "/color", "value": "blue"}])",
        PatchDialect::v2_0);

  EXPECT_EQ(image_.find_property("color")->value, "blue");
  EXPECT_EQ(code_of(R"([{"add": "/color", "value": "green"}])", PatchDialect::v2_0), ErrorCode::conflict);
  EXPECT_EQ(code_of(R"([{"add": "/x", "replace": "/x", "value": "v"}])", PatchDialect::v2_0),
            ErrorCode::invalid);
}

TEST_F(Patch, MalformedPatchesAreRefused) {
  for (const char* text :
       {"{}",
        "[1]",
        "[{}]",
        R"([{"op": "add", "path": "/a"}])",
        R"([{"op": "move", "path": "/a", "from": "/b"}])",
        R"([{"op": "test", "path": "/a", "value": "b"}])",
        R"([{"op": "add", "path": "a", "value": "b"}])",
        R"([{"op": "add", "path": "/a/b", "value": "c"}])",
        R"([{"op": "add", "path": "/a/", "value": "c"}])",
        R"([{"op": "add", "path": "//", "value": "c"}])",
        R"([{"op": "add", "path": "// ", "value": "c"}])",
        R"([{"op": "add", "path": "///a", "value": "c"}])",
        R"([{"op": "add", "path": "/a~2", "value": "c"}])",
        R"([{"op": "add", "path": "/a~", "value": "c"}])",
        R"([{"op": "add", "path": 1, "value": "c"}])",
        R"([{"op": "replace", "path": "/name", "value": 5}])",
        R"([{"op": "add", "path": "/shape", "value": 5}])",
        R"([{"op": "replace", "path": "/visibility", "value": "secret"}])",
        R"([{"op": "replace", "path": "/min_ram", "value": 1.5}])",
        R"([{"op": "replace", "path": "/min_ram", "value": true}])",
        R"([{"op": "replace", "path": "/tags/-", "value": "t"}])",
        R"([{"op": "add", "path": "/locations", "value": []}])",
        R"([{"op": "replace", "path": "/locations/0", "value": {"url": "memory://a", "metadata": {}}}])",
        R"([{"op": "remove", "path": "/locations"}])",
        R"([{"op": "remove", "path": "/locations/"}])",
        R"([{"op": "remove", "path": "/locations/0/url"}])",
        R"([{"op": "add", "path": "/locations/-", "value": {"url": "memory://a"}}])",
        R"([{"op": "add", "path": "/locations/-", "value": {"url": 5, "metadata": {}}}])",
        R"([{"op": "add", "path": "/locations/-", "value": {"url": "memory://a", "metadata": {},
             "validation_data": {"os_hash_algo": "sha512"}}}])",
        R"([{"op": "add", "path": "/locations/-", "value": {"url": "memory://a", "metadata": {},
             "validation_data": {"os_hash_algo": "sha512", "os_hash_value": "", "checksum": "short"}}}])",
        R"([{"op": "replace", "path": "/locations", "value": {}}])"}) {
    EXPECT_EQ(code_of(text), ErrorCode::invalid) << text;
  }
}

TEST_F(Patch, WhatIsMissingCannotBeReplacedOrRemoved) {
  EXPECT_EQ(code_of(R"([{"op": "replace", "path": "/size2", "value": "1"}])"), ErrorCode::conflict);
  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/size2"}])"), ErrorCode::conflict);
  EXPECT_EQ(code_of(R"([{"op": "replace", "path": "/stores", "value": "a"}])"), ErrorCode::conflict);
  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/stores"}])"), ErrorCode::conflict);
}

TEST_F(Patch, BaseFieldsCannotBeRemovedAndTheServicesOwnNotTouched) {
  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/name"}])"), ErrorCode::forbidden);
  EXPECT_EQ(code_of(R"([{"op": "replace", "path": "/status", "value": "active"}])"), ErrorCode::forbidden);
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/os_glance_x", "value": "y"}])"), ErrorCode::forbidden);
}

TEST_F(Patch, LocationsAreAddedOrderedAndRemoved) {
  image_.disk_format = "raw";
  image_.container_format = "bare";
  for (const char* name : {"a", "b"}) memory().put(name, "12345");

  patch(R"([{"op": "add", "path": "/locations/-", "value": {"url": "memory://a", "metadata": {}}},
            {"op": "add", "path": "/locations/0", "value": {"url": "memory://b", "metadata": {"x": "y"}}}])");
  EXPECT_EQ(uris(), (std::vector<std::string>{"memory://b", "memory://a"}));
  EXPECT_EQ(image_.locations[0].location.metadata.at("x"), "y");

  patch(R"([{"op": "replace", "path": "/locations", "value": [
             {"url": "memory://a", "metadata": {}}, {"url": "memory://b", "metadata": {}}]}])");
  EXPECT_EQ(uris(), (std::vector<std::string>{"memory://a", "memory://b"}));

  patch(R"([{"remove": "/locations/0"}])", PatchDialect::v2_0);
  EXPECT_EQ(uris(), (std::vector<std::string>{"memory://b"}));
}

TEST_F(Patch, ALocationBringsWhatItsClientKnowsOfTheData) {
  image_.disk_format = "raw";
  image_.container_format = "bare";
  memory().put("a", "12345");
  const std::string hash(128, 'b');

  patch(R"([{"add": "/locations/0", "value": {"url": "memory://a", "metadata": {}, "validation_data":
             {"os_hash_algo": "sha512", "os_hash_value": ")" +
            hash + R"(", "checksum": "827ccb0eea8a706c4c34a16891f84e7b"}}}])",
        PatchDialect::v2_0);

  EXPECT_EQ(image_.os_hash_value, hash);
  EXPECT_EQ(image_.checksum, "827ccb0eea8a706c4c34a16891f84e7b");
}

TEST_F(Patch, AUrlHas255CharactersAtMost) {
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/locations/-", "value": {"metadata": {}, "url": "memory://)" +
                    std::string(247, 'a') + R"("}}])"),
            ErrorCode::invalid);
}

TEST_F(Patch, WhatIsNoPositionIsRefused) {
  image_.status = model::ImageStatus::active;
  for (const char* token : {"x", "-1", "1.5", "+1"}) {
    EXPECT_EQ(
        code_of(R"([{"op": "add", "value": {"url": "memory://a", "metadata": {}}, "path": "/locations/)" +
                std::string(token) + R"("}])"),
        ErrorCode::invalid)
        << token;
  }
  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/locations/-"}])"), ErrorCode::invalid);
}

TEST_F(Patch, LocationStepsCanBeRefusedAsSuch) {
  const auto refused = [&](std::string_view text) {
    try {
      refuse_location_steps(parse_image_patch(parse_json(text), PatchDialect::v2_1, schema_));
    } catch (const Error& error) {
      return error.code() == ErrorCode::forbidden;
    }
    return false;
  };

  EXPECT_TRUE(refused(R"([{"op": "remove", "path": "/locations/0"}])"));
  EXPECT_FALSE(refused(R"([{"op": "remove", "path": "/color"}])"));
}

TEST(PatchMediaType, IsOneOfTwoWithAnyParameters) {
  EXPECT_EQ(patch_dialect("application/openstack-images-v2.1-json-patch; charset=utf-8"), PatchDialect::v2_1);
  EXPECT_EQ(patch_dialect("application/openstack-images-v2.0-json-patch"), PatchDialect::v2_0);
  EXPECT_THROW(patch_dialect("application/json"), Error);
  EXPECT_THROW(patch_dialect(""), Error);
}

TEST_F(Patch, HoldsPropertiesAgainstTheOperatorsSchema) {
  patch(
      R"([{"op": "add", "path": "/kernel_id", "value": null}, {"op": "add", "path": "/origin", "value": "here"},
            {"op": "add", "path": "/age", "value": 1.5}])");

  EXPECT_EQ(image_.find_property("kernel_id")->value, std::nullopt);
  EXPECT_EQ(image_.find_property("age")->value, "1.5E0");
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/origin", "value": "elsewhere"}])"), ErrorCode::invalid);
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/origin", "value": null}])"), ErrorCode::invalid);
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/parts", "value": []}])"), ErrorCode::invalid)
      << "lists cannot be stored";
}

TEST_F(Patch, ARequiredPropertyStays) {
  patch(
      R"([{"op": "add", "path": "/origin", "value": "here"}, {"op": "add", "path": "/other", "value": "x"}])");

  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/origin"}])"), ErrorCode::forbidden);
  EXPECT_EQ(image_.find_property("origin")->value, "here");
}

}  // namespace
}  // namespace vitrine::api
