#pragma once

#include "tests/contract/catalog_contract.h"

/// CatalogContract: images come, are found, and go.
namespace vitrine::catalog {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

inline model::Image full_image() {
  model::Image image;
  image.id = "71c675ab-d94f-49cd-a114-e12490b328d9";
  image.name = "Füll";
  image.disk_format = "qcow2";
  image.container_format = "bare";
  image.owner = "project";
  image.visibility = model::Visibility::is_community;
  image.status = model::ImageStatus::active;
  image.size = std::uint64_t{1} << 62;
  image.virtual_size = std::uint64_t{1} << 62;
  image.checksum = "d41d8cd98f00b204e9800998ecf8427e";
  image.os_hash_algo = "sha512";
  image.os_hash_value = std::string(128, 'a');
  image.min_disk = 2'147'483'647;
  image.min_ram = 512;
  image.is_protected = true;
  image.is_hidden = true;
  image.properties = {{"os_distro", "debian"}, {"Case Kept", ""}};
  image.tags = {"one", ""};
  image.locations = {{.location = {"file:///a", {{"store", "fast"}}}}, {.location = {"file:///b", {}}}};
  return image;
}

TEST_P(CatalogContract, AnImageIsFoundAsItWasInserted) {
  const model::Image given = full_image();
  add(given);

  const model::Image image = found(given.id);

  EXPECT_EQ(image.name, given.name);
  EXPECT_EQ(image.disk_format, given.disk_format);
  EXPECT_EQ(image.container_format, given.container_format);
  EXPECT_EQ(image.owner, given.owner);
  EXPECT_EQ(image.visibility, given.visibility);
  EXPECT_EQ(image.status, given.status);
  EXPECT_EQ(image.size, given.size);
  EXPECT_EQ(image.virtual_size, given.virtual_size);
  EXPECT_EQ(image.checksum, given.checksum);
  EXPECT_EQ(image.os_hash_algo, given.os_hash_algo);
  EXPECT_EQ(image.os_hash_value, given.os_hash_value);
  EXPECT_EQ(image.min_disk, given.min_disk);
  EXPECT_EQ(image.min_ram, given.min_ram);
  EXPECT_TRUE(image.is_protected);
  EXPECT_TRUE(image.is_hidden);
  EXPECT_FALSE(image.is_deleted);
  EXPECT_FALSE(image.deleted_at);
  EXPECT_EQ(image.properties, given.properties);
  EXPECT_THAT(image.tags, UnorderedElementsAre("one", ""));
}

TEST_P(CatalogContract, AnImageMayHaveNothingButItsId) {
  add(image("bare"));

  const model::Image bare = found("bare");

  EXPECT_FALSE(bare.name);
  EXPECT_FALSE(bare.size);
  EXPECT_FALSE(bare.owner);
  EXPECT_FALSE(bare.checksum);
  EXPECT_THAT(bare.properties, IsEmpty());
  EXPECT_THAT(bare.tags, IsEmpty());
  EXPECT_THAT(bare.locations, IsEmpty());
}

TEST_P(CatalogContract, InsertReturnsTheImageAsStored) {
  const model::Image stored = add(full_image());

  EXPECT_EQ(stored.created_at, clock.now());
  EXPECT_EQ(stored.updated_at, clock.now());
  ASSERT_EQ(stored.locations.size(), 2U);
  EXPECT_GT(stored.locations[0].id, 0);
  EXPECT_EQ(stored.locations, found(stored.id).locations);
  EXPECT_EQ(stored.locations[0].location, full_image().locations[0].location);
}

TEST_P(CatalogContract, TimesAreWrittenAsSqlalchemyWritesThem) {
  add(image("a"));

  EXPECT_THAT(column("SELECT created_at FROM images"), ElementsAre(stored(clock.now())));
}

TEST_P(CatalogContract, MetadataIsWrittenAsPythonWritesIt) {
  model::Image made = image("a");
  made.locations = {{.location = {"file:///a", {{"store", "schnell ü"}, {"n", {1, nullptr}}}}}};
  add(made);

  EXPECT_THAT(column("SELECT meta_data FROM image_locations"),
              ElementsAre(R"({"store": "schnell \u00fc", "n": [1, null]})"));
}

TEST_P(CatalogContract, AnEmptyOwnerIsNone) {
  model::Image made = image("a");
  made.owner = "";

  EXPECT_FALSE(add(made).owner);
}

TEST_P(CatalogContract, ATagThatIsThereTwiceIsStoredOnce) {
  model::Image made = image("a");
  made.tags = {"x", "x"};

  EXPECT_THAT(add(made).tags, ElementsAre("x"));
}

TEST_P(CatalogContract, AnIdIsUsedOnce) {
  add(image("a", "first"));
  model::Image second = image("a", "second");
  second.tags = {"tag"};

  EXPECT_EQ(code_of([&] { catalog->insert(second); }), ErrorCode::duplicate);
  EXPECT_EQ(found("a").name, "first");
  EXPECT_THAT(found("a").tags, IsEmpty());
}

TEST_P(CatalogContract, TheIdOfADeletedImageStaysUsed) {
  add(image("a"));
  catalog->remove("a", [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  EXPECT_EQ(code_of([&] { catalog->insert(image("a")); }), ErrorCode::duplicate);
}

TEST_P(CatalogContract, WhatSomeEngineCannotHoldIsRefusedAndLeavesNothing) {
  const std::function<void(model::Image&)> faults[] = {
      [](model::Image& image) { image.id = std::string(37, 'x'); },
      [](model::Image& image) { image.name = std::string(256, 'x'); },
      [](model::Image& image) { image.name = "\xF0\x9F\x98\x80"; },
      [](model::Image& image) { image.name = std::string("a\0b", 3); },
      [](model::Image& image) { image.name = "\xFF"; },
      [](model::Image& image) { image.disk_format = std::string(21, 'x'); },
      [](model::Image& image) { image.min_disk = 2'147'483'648; },
      [](model::Image& image) { image.min_ram = -1; },
      [](model::Image& image) { image.size = UINT64_MAX; },
      [](model::Image& image) { image.tags.push_back(std::string(256, 'x')); },
      [](model::Image& image) { image.tags.push_back("\xF0\x9F\x98\x80"); },
      [](model::Image& image) {
        image.properties.push_back({std::string(256, 'x'), "v"});
      },
      [](model::Image& image) {
        image.properties.push_back({"p", std::string(65'536, 'x')});
      },
      [](model::Image& image) {
        image.properties.push_back({"p", std::string("a\0b", 3)});
      },
      [](model::Image& image) {
        image.properties = {{"p", "1"}, {"p", "2"}};
      },
      [](model::Image& image) {
        image.locations.push_back({.location = {std::string(65'536, 'x'), {}}});
      },
  };

  for (const auto& spoil : faults) {
    model::Image spoilt = full_image();
    spoil(spoilt);
    EXPECT_EQ(code_of([&] { catalog->insert(spoilt); }), ErrorCode::invalid) << &spoil - faults;
  }

  EXPECT_THAT(column("SELECT id FROM images"), IsEmpty());
}

TEST_P(CatalogContract, TheLongestValuesAreStored) {
  model::Image made = image(std::string(36, 'x'), std::string(255, 'x'));
  std::string umlauts;
  for (int i = 0; i < 255; ++i) umlauts += "ü";
  made.tags = {umlauts};
  made.properties = {{umlauts, std::string(65'535, 'x')}};
  add(made);

  EXPECT_EQ(found(made.id).name, made.name);
  EXPECT_EQ(found(made.id).tags, made.tags);
  EXPECT_EQ(found(made.id).properties, made.properties);
}

TEST_P(CatalogContract, WhatWasNeverThereIsNotFound) {
  EXPECT_FALSE(catalog->find("nothing"));
  EXPECT_FALSE(catalog->find(""));
  EXPECT_FALSE(catalog->find(std::string(100'000, 'x')));
}

TEST_P(CatalogContract, RowsOfOtherWritersAreUnderstood) {
  add(image("a"));
  other->execute("UPDATE images SET created_at = '2024-01-01 00:00:00', updated_at = NULL");
  add_foreign_property("a", "old", std::optional<std::string>{});
  other->execute(
      "INSERT INTO image_locations (image_id, value, meta_data, status, created_at, deleted) VALUES "
      "('a', 'file:///a', NULL, 'active', '2024-01-01 00:00:00', FALSE), "
      "('a', 'file:///b', 'no JSON', 'active', '2024-01-01 00:00:00', FALSE)");

  const model::Image read = found("a");

  EXPECT_EQ(read.created_at, parse_time("2024-01-01T00:00:00Z"));
  EXPECT_EQ(read.updated_at, read.created_at);
  EXPECT_THAT(read.properties, ElementsAre(model::Property{"old", std::nullopt}));
  ASSERT_EQ(read.locations.size(), 2U);
  EXPECT_TRUE(read.locations[0].location.metadata.empty());
  EXPECT_TRUE(read.locations[1].location.metadata.empty());
}

TEST_P(CatalogContract, ARowThatNoReleaseWritesIsADefect) {
  add(image("a"));
  other->execute("UPDATE images SET status = 'sleeping'");

  EXPECT_EQ(code_of([&] { catalog->find("a"); }), ErrorCode::internal);
}

TEST_P(CatalogContract, RemovingAnImageSoftDeletesAllThatBelongsToIt) {
  const std::string id = add(full_image()).id;
  add_foreign_property(id, "os_glance_import_task", "task");
  add_foreign_location(id, "uploading");
  other->execute(
      "INSERT INTO image_members (image_id, member, can_share, status, created_at, deleted) "
      "VALUES (:id, 'someone', FALSE, 'accepted', '2024-01-01 00:00:00', FALSE)",
      {id});
  clock.advance(std::chrono::seconds(5));

  catalog->remove(id, [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  const model::Image removed = found(id);
  EXPECT_TRUE(removed.is_deleted);
  EXPECT_EQ(removed.status, model::ImageStatus::deleted);
  EXPECT_EQ(removed.deleted_at, clock.now());
  EXPECT_EQ(removed.updated_at, clock.now());
  EXPECT_THAT(removed.properties, IsEmpty());
  EXPECT_THAT(removed.tags, IsEmpty());
  EXPECT_THAT(removed.locations, IsEmpty());
  EXPECT_THAT(column("SELECT status FROM image_locations"), ElementsAre("deleted", "deleted", "deleted"));
  EXPECT_THAT(column("SELECT deleted_at FROM image_members"), ElementsAre(stored(clock.now())));
}

TEST_P(CatalogContract, RemovingReturnsTheImageWithTheDataToDelete) {
  const model::Image stored = add(full_image());

  const model::Image returned =
      catalog->remove(stored.id, [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  EXPECT_EQ(returned.status, model::ImageStatus::active);
  EXPECT_EQ(returned.locations, stored.locations);
}

TEST_P(CatalogContract, DataWaitsForTheScrubberWhenTheImageDoes) {
  const std::string id = add(full_image()).id;

  catalog->remove(id, [](model::Image& image) {
    image.status = model::ImageStatus::pending_delete;
    image.locations[0].status = model::location_status::deleted;  // this one is gone already
  });

  EXPECT_EQ(found(id).status, model::ImageStatus::pending_delete);
  EXPECT_THAT(column("SELECT status FROM image_locations ORDER BY id"),
              ElementsAre("deleted", "pending_delete"));
}

TEST_P(CatalogContract, AnImageIsRemovedOnce) {
  add(image("a"));
  const auto remove = [&] {
    catalog->remove("a", [](model::Image& image) { image.status = model::ImageStatus::deleted; });
  };
  remove();

  EXPECT_EQ(code_of(remove), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { catalog->change("a", [](model::Image&) {}); }), ErrorCode::not_found);
}

TEST_P(CatalogContract, ARefusedRemovalChangesNothing) {
  const std::string id = add(full_image()).id;

  EXPECT_EQ(code_of([&] {
              catalog->remove(id, [](model::Image&) { throw Error(ErrorCode::forbidden, "protected"); });
            }),
            ErrorCode::forbidden);

  EXPECT_FALSE(found(id).is_deleted);
  EXPECT_EQ(found(id).locations.size(), 2U);
}

TEST_P(CatalogContract, AnswersThePing) {
  EXPECT_NO_THROW(catalog->ping());
}

TEST_P(CatalogContract, UsageIsCountedByPlace) {
  const auto place_of = [](const model::Location& location) {
    const auto* store = location.metadata.if_contains("store");
    return store ? std::string(store->as_string()) : std::string();
  };
  const auto add_with = [&](const std::string& id, std::uint64_t size, std::vector<const char*> stores) {
    model::Image made = image(id);
    made.size = size;
    for (const char* store : stores)
      made.locations.push_back({.location = {"file:///" + id, {{"store", store}}}});
    add(made);
  };
  add_with("a", 10, {"fast", "cheap"});
  add_with("b", 5, {"cheap"});
  add_with("c", 7, {"fast"});
  add_with("d", 3, {"fast", "fast"});
  model::Image unplaced = image("e");
  unplaced.locations = {{.location = {"file:///e", {}}}};
  add(unplaced);
  add_foreign_location("b", "pending");
  catalog->remove("c", [](model::Image& gone) { gone.status = model::ImageStatus::deleted; });

  EXPECT_THAT(catalog->usage(place_of),
              UnorderedElementsAre(testing::Pair("fast", Usage{.images = 2, .bytes = 16}),
                                   testing::Pair("cheap", Usage{.images = 2, .bytes = 15})));
}

}  // namespace vitrine::catalog
