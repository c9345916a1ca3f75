#include "api/image_document.h"

#include <gtest/gtest.h>

#include "api/json_text.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

model::Image sample() {
  model::Image image;
  image.id = "71c675ab-d94f-49cd-a114-e12490b328d9";
  image.name = "cirros";
  image.status = model::ImageStatus::active;
  image.size = 5;
  image.created_at = parse_time("2026-03-01T09:30:00Z").value();
  image.updated_at = image.created_at;
  image.tags = {"base"};
  image.properties = {
      {"os_distro", "cirros"}, {"os_glance_stage_host", "http://node"}, {"old", std::nullopt}};
  return image;
}

std::string document_of(const model::Image& image) {
  JsonWriter writer;
  write_image(writer, image);
  return writer.take();
}

ErrorCode code_of(const std::string& key, const boost::json::value& value) {
  model::Image image = sample();
  try {
    set_image_key(image, key, value);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(ImageDocument, ShowsPropertiesFirstAndEveryBaseField) {
  EXPECT_EQ(
      document_of(sample()),
      R"({"os_distro": "cirros", "old": "", "name": "cirros", "disk_format": null, "container_format": null, )"
      R"("visibility": "shared", "size": 5, "virtual_size": null, "status": "active", "checksum": null, )"
      R"("protected": false, "min_ram": 0, "min_disk": 0, "owner": null, "os_hidden": false, "os_hash_algo": null, )"
      R"("os_hash_value": null, "id": "71c675ab-d94f-49cd-a114-e12490b328d9", "created_at": "2026-03-01T09:30:00Z", )"
      R"("updated_at": "2026-03-01T09:30:00Z", "tags": ["base"], "self": )"
      R"("/v2/images/71c675ab-d94f-49cd-a114-e12490b328d9", "file": )"
      R"("/v2/images/71c675ab-d94f-49cd-a114-e12490b328d9/file", "schema": "/v2/schemas/image"})");
}

TEST(ImageDocument, ABaseFieldWinsOverAPropertyOfItsName) {
  model::Image image = sample();
  image.properties.push_back({"os_hash_algo", "shadow"});

  const std::string document = document_of(image);
  EXPECT_EQ(document.find("shadow"), std::string::npos);
  EXPECT_NE(document.find(R"("os_hash_algo": null)"), std::string::npos);
}

TEST(ImageKeys, TheServicesOwnAreRefused) {
  for (const char* key : {"status", "checksum", "size", "os_hash_value", "self", "stores", "location",
                          "locations", "deleted", "os_glance_import_task", "os_glancefoo"}) {
    EXPECT_EQ(code_of(key, "x"), ErrorCode::forbidden) << key;
  }
}

TEST(ImageKeys, WhatTheDatabaseCannotHoldIsRefused) {
  EXPECT_EQ(code_of("name", "\U0001F600"), ErrorCode::invalid);
  EXPECT_EQ(code_of("min_ram", -1), ErrorCode::invalid);
  EXPECT_EQ(code_of("min_disk", std::int64_t{1} << 31), ErrorCode::invalid);
  EXPECT_EQ(code_of("min_disk", std::uint64_t{1} << 63), ErrorCode::invalid);
  EXPECT_EQ(code_of(std::string(256, 'k'), "v"), ErrorCode::invalid);
  EXPECT_EQ(code_of("key", boost::json::string(65536, 'v')), ErrorCode::invalid);
  EXPECT_EQ(code_of("key", boost::json::string("a\0b", 3)), ErrorCode::invalid);
}

TEST(ImageKeys, FormatsAreFixedOnceThereIsData) {
  EXPECT_EQ(code_of("disk_format", "raw"), ErrorCode::forbidden);
}

TEST(ImageKeys, DuplicateTagsCollapse) {
  model::Image image = sample();

  set_image_key(image, "tags", parse_json(R"(["a", "b", "a"])"));

  EXPECT_EQ(image.tags, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace vitrine::api
