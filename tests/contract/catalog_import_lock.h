#pragma once

#include "tests/contract/catalog_contract.h"

/// CatalogContract: the lock that an image has while it is imported.
namespace vitrine::catalog {

inline std::string lock_on(Catalog& catalog, std::string_view image_id) {
  const std::optional<model::Image> image = catalog.find(image_id);
  const model::Property* lock = image->find_property(model::import_lock);
  return lock == nullptr ? "none" : lock->value.value_or("null");
}

TEST_P(CatalogContract, OneTaskHasTheImportLock) {
  const model::Image image = add({});

  EXPECT_TRUE(catalog->take_import_lock(image.id, "one"));
  EXPECT_FALSE(catalog->take_import_lock(image.id, "two"));

  EXPECT_EQ(lock_on(*catalog, image.id), "one");
}

inline model::Task task_for(const model::Image& image, std::string id) {
  return {.id = std::move(id), .type = "api_image_import", .image_id = image.id};
}

TEST_P(CatalogContract, ATaskComesWithTheImportLockOrNotAtAll) {
  const model::Image image = add({});
  const auto agree = [&](const model::Image& seen) { EXPECT_EQ(seen.id, image.id); };

  EXPECT_TRUE(catalog->insert_task_with_lock(task_for(image, "one"), image.id, agree));
  EXPECT_FALSE(catalog->insert_task_with_lock(task_for(image, "two"), image.id, agree));

  EXPECT_EQ(lock_on(*catalog, image.id), "one");
  EXPECT_TRUE(catalog->find_task("one"));
  EXPECT_FALSE(catalog->find_task("two"));
}

TEST_P(CatalogContract, NoTaskLocksAnImageThatIsNotAsItShouldBe) {
  const model::Image image = add({});
  const auto refuse = [](const model::Image&) { throw Error(ErrorCode::conflict, "it is active"); };

  EXPECT_EQ(code_of([&] { catalog->insert_task_with_lock(task_for(image, "one"), image.id, refuse); }),
            ErrorCode::conflict);

  EXPECT_EQ(lock_on(*catalog, image.id), "none");
  EXPECT_FALSE(catalog->find_task("one"));
}

TEST_P(CatalogContract, OnlyWhoHasTheImportLockGivesItBack) {
  const model::Image image = add({});
  catalog->take_import_lock(image.id, "one");

  EXPECT_FALSE(catalog->release_import_lock(image.id, "two"));
  EXPECT_TRUE(catalog->release_import_lock(image.id, "one"));

  EXPECT_EQ(lock_on(*catalog, image.id), "none");
  EXPECT_FALSE(catalog->release_import_lock(image.id, "one"));
  EXPECT_TRUE(catalog->take_import_lock(image.id, "two"));
}

TEST_P(CatalogContract, AnImportLockThatWasSoftDeletedCanBeTaken) {
  const model::Image image = add({});
  catalog->take_import_lock(image.id, "one");
  other->execute(
      "UPDATE image_properties SET deleted = TRUE, deleted_at = updated_at WHERE name = "
      "'os_glance_import_task'");

  EXPECT_TRUE(catalog->take_import_lock(image.id, "two"));

  EXPECT_EQ(lock_on(*catalog, image.id), "two");
}

TEST_P(CatalogContract, NoChangeTouchesTheImportLock) {
  const model::Image image = add({});
  catalog->take_import_lock(image.id, "one");

  catalog->change(image.id, [](model::Image& fresh) { fresh.properties.clear(); });

  EXPECT_EQ(lock_on(*catalog, image.id), "one");
}

TEST_P(CatalogContract, ThereIsNoImportLockOnWhatIsNotThere) {
  EXPECT_EQ(code_of([&] { catalog->take_import_lock("nowhere", "one"); }), ErrorCode::not_found);
}

TEST_P(CatalogContract, OfManyAtOnceOneTakesTheImportLock) {
  const model::Image image = add({});
  std::atomic<int> winners = 0;

  {
    std::vector<std::jthread> tasks;
    for (int i = 0; i < 8; ++i) {
      tasks.emplace_back(
          [&, i] { winners += catalog->take_import_lock(image.id, std::to_string(i)) ? 1 : 0; });
    }
  }

  EXPECT_EQ(winners, 1);
}

}  // namespace vitrine::catalog
