#include "api/image_patch.h"

#include <gtest/gtest.h>

#include "api/json_text.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

class Patch : public testing::Test {
 protected:
  Patch() {
    image_.name = "old";
    image_.set_property("color", "red");
  }

  void patch(std::string_view text, PatchDialect dialect = PatchDialect::v2_1) {
    apply(parse_image_patch(parse_json(text), dialect, schema_), image_);
  }

  ErrorCode code_of(std::string_view text, PatchDialect dialect = PatchDialect::v2_1) {
    try {
      patch(text, dialect);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  ImageSchema schema_{{"bare"}, {"raw", "qcow2"}};
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
       {"{}", "[1]", "[{}]", R"([{"op": "add", "path": "/a"}])",
        R"([{"op": "move", "path": "/a", "from": "/b"}])", R"([{"op": "test", "path": "/a", "value": "b"}])",
        R"([{"op": "add", "path": "a", "value": "b"}])", R"([{"op": "add", "path": "/a/b", "value": "c"}])",
        R"([{"op": "add", "path": "/a/", "value": "c"}])", R"([{"op": "add", "path": "/a~2", "value": "c"}])",
        R"([{"op": "add", "path": "/a~", "value": "c"}])", R"([{"op": "add", "path": 1, "value": "c"}])",
        R"([{"op": "replace", "path": "/name", "value": 5}])",
        R"([{"op": "add", "path": "/shape", "value": 5}])",
        R"([{"op": "replace", "path": "/visibility", "value": "secret"}])",
        R"([{"op": "replace", "path": "/min_ram", "value": 1.5}])",
        R"([{"op": "replace", "path": "/min_ram", "value": true}])",
        R"([{"op": "replace", "path": "/tags/-", "value": "t"}])"}) {
    EXPECT_EQ(code_of(text), ErrorCode::invalid) << text;
  }
}

TEST_F(Patch, WhatIsMissingCannotBeReplacedOrRemoved) {
  EXPECT_EQ(code_of(R"([{"op": "replace", "path": "/size2", "value": "1"}])"), ErrorCode::conflict);
  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/size2"}])"), ErrorCode::conflict);
}

TEST_F(Patch, BaseFieldsCannotBeRemovedAndTheServicesOwnNotTouched) {
  EXPECT_EQ(code_of(R"([{"op": "remove", "path": "/name"}])"), ErrorCode::forbidden);
  EXPECT_EQ(code_of(R"([{"op": "replace", "path": "/status", "value": "active"}])"), ErrorCode::forbidden);
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/os_glance_x", "value": "y"}])"), ErrorCode::forbidden);
  EXPECT_EQ(code_of(R"([{"op": "add", "path": "/locations/-", "value": {}}])"), ErrorCode::forbidden);
}

TEST(PatchMediaType, IsOneOfTwoWithAnyParameters) {
  EXPECT_EQ(patch_dialect("application/openstack-images-v2.1-json-patch; charset=utf-8"), PatchDialect::v2_1);
  EXPECT_EQ(patch_dialect("application/openstack-images-v2.0-json-patch"), PatchDialect::v2_0);
  EXPECT_THROW(patch_dialect("application/json"), Error);
  EXPECT_THROW(patch_dialect(""), Error);
}

}  // namespace
}  // namespace vitrine::api
