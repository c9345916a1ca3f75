#include "api/image_document.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>

#include "api/json_text.h"
#include "base/error.h"
#include "tests/support/api_stores.h"

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

std::string document_of(const model::Image& image, const DataView& view, const model::Caller& caller = {}) {
  JsonWriter writer;
  write_image(writer, image, caller, view);
  return writer.take();
}

std::string document_of(const model::Image& image) {
  const stores::StoreSet stores = single_store();
  return document_of(image, {.stores = stores});
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

/// What a document tells of locations.
class DocumentOfLocations : public testing::Test {
 protected:
  DocumentOfLocations() {
    add({"file:///cheap/1", {{"store", "cheap"}}});
    add({"s3://key:secret@host/bucket/1", {{"store", "gone"}}});
  }

  void add(stores::Location location) { image_.locations.emplace_back().location = std::move(location); }

  boost::json::object document(const DataView& view, const model::Caller& caller = {}) {
    return parse_json(document_of(image_, view, caller)).as_object();
  }

  const stores::StoreSet single_ = single_store();
  const stores::StoreSet several_ = several_stores();
  model::Image image_ = sample();
};

TEST_F(DocumentOfLocations, HasThemInTheOrderOfTheirWeightAndWithoutSecrets) {
  const auto shown = document({.stores = several_, .has_locations = true, .has_direct_url = true});

  EXPECT_EQ(to_json_text(shown.at("locations")),
            R"([{"url": "s3://host/bucket/1", "metadata": {"store": "gone"}}, )"
            R"({"url": "file:///cheap/1", "metadata": {"store": "cheap"}}])");
  EXPECT_EQ(shown.at("direct_url"), "s3://host/bucket/1");
  EXPECT_EQ(shown.at("stores"), "gone,cheap");
}

TEST_F(DocumentOfLocations, HasThemBetweenTimesAndTags) {
  const std::string text =
      document_of(image_, {.stores = several_, .has_locations = true, .has_direct_url = true});

  EXPECT_LT(text.find("\"updated_at\""), text.find("\"locations\""));
  EXPECT_LT(text.find("\"locations\""), text.find("\"direct_url\""));
  EXPECT_LT(text.find("\"direct_url\""), text.find("\"tags\""));
  EXPECT_LT(text.find("\"schema\""), text.find("\"stores\""));
}

TEST_F(DocumentOfLocations, ShowsEachOnlyUnderItsOption) {
  EXPECT_FALSE(document({.stores = several_}).contains("locations"));
  EXPECT_FALSE(document({.stores = several_}).contains("direct_url"));
  EXPECT_FALSE(document({.stores = several_, .has_locations = true}).contains("direct_url"));
  EXPECT_FALSE(document({.stores = several_, .has_direct_url = true}).contains("locations"));
  EXPECT_FALSE(document({.stores = single_, .has_locations = true}).contains("stores"));
}

TEST_F(DocumentOfLocations, NamesNeitherReservedStoresNorNone) {
  image_.locations.clear();
  EXPECT_FALSE(document({.stores = several_}).contains("stores"));
  EXPECT_FALSE(document({.stores = several_, .has_direct_url = true}).contains("direct_url"));
  EXPECT_EQ(to_json_text(document({.stores = several_, .has_locations = true}).at("locations")), "[]");

  add({"file:///staging/1", {{"store", "os_glance_staging_store"}}});
  add({"file:///elsewhere/1", {}});
  EXPECT_FALSE(document({.stores = several_}).contains("stores"));
}

TEST_F(DocumentOfLocations, HidesThoseOfADeactivatedImageFromAllButAdministrators) {
  image_.status = model::ImageStatus::deactivated;
  const DataView view{.stores = several_, .has_locations = true, .has_direct_url = true};

  const auto hidden = document(view);
  EXPECT_EQ(to_json_text(hidden.at("locations")), "[]");
  EXPECT_FALSE(hidden.contains("direct_url"));
  EXPECT_FALSE(hidden.contains("stores"));
  EXPECT_EQ(document(view, {.is_admin = true}).at("stores"), "gone,cheap");
}

TEST_F(DocumentOfLocations, LeavesOutRowsThatAreNotActive) {
  image_.locations[1].status = "pending_delete";

  EXPECT_EQ(document({.stores = several_}).at("stores"), "cheap");
}

TEST(ImageDocument, APropertyWithoutAValueIsNullWhereTheOperatorsSchemaSaysSo) {
  const ImageSchema schema({}, {}, parse_operator_schema(R"({"old": {"type": ["null", "string"]}})"));
  const stores::StoreSet stores = single_store();

  const std::string document = document_of(sample(), {.stores = stores, .schema = &schema});

  EXPECT_NE(document.find(R"("os_distro": "cirros", "old": null)"), std::string::npos);
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

TEST(ImageKeys, PropertiesAreCountedWhileTheyCome) {
  model::Image image = sample();
  for (int i = 0; image.properties.size() < 4096; ++i) set_image_key(image, std::to_string(i), "x");

  EXPECT_NO_THROW(set_image_key(image, "0", "another value"));
  EXPECT_THROW(set_image_key(image, "one too many", "x"), Error);
  EXPECT_EQ(image.properties.size(), 4096u);
}

}  // namespace
}  // namespace vitrine::api
