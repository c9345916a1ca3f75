#pragma once

#include <atomic>

#include "model/status.h"
#include "tests/contract/catalog_contract.h"

/// CatalogContract: changes of an image, one after the other and at the same time.
namespace vitrine::catalog {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Runs `work(i)` on as many threads at once and waits for them.
template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(CatalogContract, AChangeIsStoredAndReturned) {
  add(image("a"));
  clock.advance(std::chrono::seconds(1));

  const model::Image returned = catalog->change("a", [](model::Image& image) {
    image.name = "new";
    image.size = 5;
    image.is_protected = true;
  });

  EXPECT_EQ(returned.name, "new");
  EXPECT_EQ(returned.updated_at, clock.now());
  EXPECT_EQ(found("a").size, 5U);
  EXPECT_TRUE(found("a").is_protected);
  EXPECT_EQ(found("a").created_at, clock.now() - std::chrono::seconds(1));
}

TEST_P(CatalogContract, AValueCanBeTakenAway) {
  add(image("a", "name"));

  catalog->change("a", [](model::Image& image) { image.name.reset(); });

  EXPECT_FALSE(found("a").name);
}

TEST_P(CatalogContract, AChangeThatChangesNothingWritesNothing) {
  model::Image made = image("a");
  made.tags = {"x", "y"};
  made.properties = {{"p", "v"}};
  made.locations = {{.location = {"file:///a", {{"store", "s"}}}}};
  const Timestamp before = add(made).updated_at;
  clock.advance(std::chrono::seconds(1));

  catalog->change("a", [](model::Image& image) { std::reverse(image.tags.begin(), image.tags.end()); });

  EXPECT_EQ(found("a").updated_at, before);
}

TEST_P(CatalogContract, EveryChangeMovesTheTime) {
  add(image("a"));
  const std::function<void(model::Image&)> edits[] = {
      [](model::Image& image) { image.set_property("p", "v"); },
      [](model::Image& image) { image.set_property("p", "w"); },
      [](model::Image& image) { image.remove_property("p"); },
      [](model::Image& image) { image.tags = {"t"}; },
      [](model::Image& image) { image.tags.clear(); },
      [](model::Image& image) {
        image.locations = {{.location = {"file:///a", {}}}};
      },
      [](model::Image& image) { image.locations.clear(); },
  };

  for (const auto& edit : edits) {
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(catalog->change("a", edit).updated_at, clock.now()) << &edit - edits;
  }
}

TEST_P(CatalogContract, RowsThatDoNotChangeAreNotWritten) {
  model::Image made = image("a");
  made.properties = {{"kept", "1"}, {"changed", "1"}};
  made.tags = {"kept"};
  made.locations = {{.location = {"file:///kept", {}}}};
  add(made);
  const std::string old_time = stored(clock.now());
  clock.advance(std::chrono::seconds(1));
  const std::string new_time = stored(clock.now());

  catalog->change("a", [](model::Image& image) {
    image.set_property("changed", "2");
    image.tags.push_back("new");
    image.locations.push_back({.location = {"file:///new", {}}});
  });

  EXPECT_THAT(column("SELECT updated_at FROM image_properties ORDER BY id"), ElementsAre(old_time, new_time));
  EXPECT_THAT(column("SELECT updated_at FROM image_tags ORDER BY id"), ElementsAre(old_time, new_time));
  EXPECT_THAT(column("SELECT updated_at FROM image_locations ORDER BY id"), ElementsAre(old_time, new_time));
}

TEST_P(CatalogContract, APropertyThatComesBackTakesItsOldRowAndIsLiveForPurgeToo) {
  model::Image made = image("a");
  made.properties = {{"p", "1"}};
  add(made);
  catalog->change("a", [](model::Image& image) { image.remove_property("p"); });
  ASSERT_THAT(found("a").properties, IsEmpty());
  ASSERT_THAT(column("SELECT name FROM image_properties"), ElementsAre("p"));

  catalog->change("a", [](model::Image& image) { image.set_property("p", "2"); });

  EXPECT_THAT(found("a").properties, ElementsAre(model::Property{"p", "2"}));
  EXPECT_THAT(column("SELECT deleted_at FROM image_properties"), ElementsAre("NULL"));
}

TEST_P(CatalogContract, PropertyNamesDifferInCaseUnlessTheSchemaForbidsIt) {
  add(image("a"));
  const auto set_both = [&] {
    catalog->change("a", [](model::Image& image) { image.properties = {{"Foo", "1"}, {"foo ", "2"}}; });
  };

  if (folds_case()) {
    EXPECT_EQ(code_of(set_both), ErrorCode::conflict);
    EXPECT_THAT(found("a").properties, IsEmpty());
  } else {
    set_both();
    EXPECT_THAT(found("a").properties,
                ElementsAre(model::Property{"Foo", "1"}, model::Property{"foo ", "2"}));
  }
}

TEST_P(CatalogContract, APropertyMayBeRenamedInCaseAlone) {
  model::Image made = image("a");
  made.properties = {{"Foo", "1"}};
  add(made);

  catalog->change("a", [](model::Image& image) { image.properties = {{"foo", "2"}}; });

  EXPECT_THAT(found("a").properties, ElementsAre(model::Property{"foo", "2"}));
}

TEST_P(CatalogContract, TagsDifferInCaseAndBlanks) {
  model::Image made = image("a");
  made.tags = {"tag", "Tag", "tag "};
  add(made);

  catalog->change("a", [](model::Image& image) { image.tags = {"Tag", "tag "}; });

  EXPECT_THAT(found("a").tags, UnorderedElementsAre("Tag", "tag "));
}

TEST_P(CatalogContract, ATagThatWasStoredTwiceByOthersIsShownAndRemovedOnce) {
  model::Image made = image("a");
  made.tags = {"x"};
  add(made);
  other->execute(
      "INSERT INTO image_tags (image_id, value, created_at, deleted) VALUES ('a', 'x', '2024-01-01 "
      "00:00:00', FALSE)");
  EXPECT_THAT(found("a").tags, ElementsAre("x"));

  catalog->change("a", [](model::Image& image) { image.tags.clear(); });

  EXPECT_THAT(found("a").tags, IsEmpty());
}

TEST_P(CatalogContract, ARemovedTagMayComeBack) {
  model::Image made = image("a");
  made.tags = {"x"};
  add(made);
  catalog->change("a", [](model::Image& image) { image.tags.clear(); });

  catalog->change("a", [](model::Image& image) { image.tags = {"x"}; });

  EXPECT_THAT(found("a").tags, ElementsAre("x"));
}

TEST_P(CatalogContract, LocationsAreAddedChangedAndRetiredRowByRow) {
  model::Image made = image("a");
  made.locations = {{.location = {"file:///gone", {}}},
                    {.location = {"file:///kept", {{"store", "s"}, {"of others", true}}}},
                    {.location = {"file:///waiting", {}}}};
  const std::vector<model::ImageLocation> stored = add(made).locations;

  catalog->change("a", [](model::Image& image) {
    image.locations[2].status = model::location_status::pending_delete;
    image.locations[1].location.metadata["store"] = "t";
    image.locations.erase(image.locations.begin());
    image.locations.push_back({.location = {"file:///new", {}}});
  });

  const std::vector<model::ImageLocation> now = found("a").locations;
  ASSERT_EQ(now.size(), 2U);
  EXPECT_EQ(now[0].id, stored[1].id);
  EXPECT_EQ(now[0].location.metadata, (boost::json::object{{"store", "t"}, {"of others", true}}));
  EXPECT_EQ(now[1].location.uri, "file:///new");
  EXPECT_THAT(column("SELECT status FROM image_locations ORDER BY id"),
              ElementsAre("deleted", "active", "pending_delete", "active"));
}

TEST_P(CatalogContract, LocationsKeepTheOrderThatTheyAreGiven) {
  model::Image made = image("a");
  made.locations = {
      {.location = {"file:///1", {}}}, {.location = {"file:///2", {}}}, {.location = {"file:///3", {}}}};
  const std::vector<model::ImageLocation> stored = add(made).locations;

  catalog->change("a", [](model::Image& image) {
    std::swap(image.locations[1], image.locations[2]);
    image.locations.insert(image.locations.begin() + 1, {.location = {"file:///new", {}}});
    image.locations.push_back({.id = 4711, .location = {"file:///of another time", {}}});
  });

  const std::vector<model::ImageLocation> now = found("a").locations;
  std::vector<std::string> uris;
  for (const model::ImageLocation& row : now) uris.push_back(row.location.uri);
  EXPECT_THAT(uris,
              ElementsAre("file:///1", "file:///new", "file:///3", "file:///2", "file:///of another time"));
  EXPECT_EQ(now[0].id, stored[0].id);
}

TEST_P(CatalogContract, LocationsOfAnImportUnderWayAreNeitherShownNorTouched) {
  add(image("a"));
  add_foreign_location("a", "pending");
  add_foreign_location("a", "uploading");
  EXPECT_THAT(found("a").locations, IsEmpty());

  catalog->change("a", [](model::Image& image) { image.locations = {{.location = {"file:///a", {}}}}; });
  catalog->change("a", [](model::Image& image) { image.locations.clear(); });

  EXPECT_THAT(column("SELECT status FROM image_locations ORDER BY id"),
              ElementsAre("pending", "uploading", "deleted"));
  EXPECT_THAT(column("SELECT updated_at FROM image_locations WHERE deleted = FALSE"),
              ElementsAre("NULL", "NULL"));
}

TEST_P(CatalogContract, TheImportLockIsShownButNeverWritten) {
  add(image("a"));
  add_foreign_property("a", "os_glance_import_task", "task");
  EXPECT_EQ(found("a").find_property("os_glance_import_task")->value, "task");

  catalog->change("a", [](model::Image& image) { image.properties.clear(); });
  catalog->change("a", [](model::Image& image) { image.set_property("os_glance_import_task", "mine"); });

  EXPECT_THAT(column("SELECT value FROM image_properties WHERE deleted = FALSE"), ElementsAre("task"));
}

TEST_P(CatalogContract, TheImportLockIsNeverInserted) {
  add(image("a"));

  catalog->change("a", [](model::Image& image) { image.set_property("os_glance_import_task", "mine"); });

  EXPECT_THAT(found("a").properties, IsEmpty());
}

TEST_P(CatalogContract, BookkeepingOfOthersIsKept) {
  add(image("a"));
  add_foreign_property("a", "os_glance_unheard_of", "value");

  catalog->change("a", [](model::Image& image) { image.set_property("p", "v"); });

  EXPECT_EQ(found("a").find_property("os_glance_unheard_of")->value, "value");
}

TEST_P(CatalogContract, AnEditThatThrowsChangesNothing) {
  add(image("a", "old"));

  EXPECT_EQ(code_of([&] {
              catalog->change("a", [](model::Image& image) {
                image.name = "new";
                throw Error(ErrorCode::forbidden, "no");
              });
            }),
            ErrorCode::forbidden);

  EXPECT_EQ(found("a").name, "old");
}

TEST_P(CatalogContract, AValueThatCannotBeStoredChangesNothing) {
  add(image("a", "old"));

  EXPECT_EQ(code_of([&] {
              catalog->change("a", [](model::Image& image) {
                image.set_property("fine", "v");
                image.tags = {"\xF0\x9F\x98\x80"};
                image.name = "new";
              });
            }),
            ErrorCode::invalid);

  EXPECT_EQ(found("a").name, "old");
  EXPECT_THAT(found("a").properties, IsEmpty());
}

TEST_P(CatalogContract, IdTimesAndDeletionAreNotAnEditsToChange) {
  const model::Image before = add(image("a"));

  catalog->change("a", [](model::Image& image) {
    image.id = "b";
    image.is_deleted = true;
    image.deleted_at = image.created_at;
    image.created_at = {};
    image.updated_at = {};
  });

  const model::Image after = found("a");
  EXPECT_FALSE(after.is_deleted);
  EXPECT_FALSE(after.deleted_at);
  EXPECT_EQ(after.created_at, before.created_at);
  EXPECT_EQ(after.updated_at, before.updated_at);
}

TEST_P(CatalogContract, WhatIsNotThereCannotBeChanged) {
  EXPECT_EQ(code_of([&] { catalog->change("nothing", [](model::Image&) {}); }), ErrorCode::not_found);
}

TEST_P(CatalogContract, OneOfTwoWinsAStatus) {
  model::Image made = image("a");
  made.disk_format = "raw";
  made.container_format = "bare";
  add(made);
  std::atomic<int> winners{0};
  std::atomic<int> refused{0};

  on_threads(8, [&](int) {
    const auto code = code_of([&] {
      catalog->change("a", [](model::Image& image) { change_status(image, model::ImageStatus::saving); });
    });
    if (!code) ++winners;
    if (code == ErrorCode::conflict) ++refused;
  });

  EXPECT_EQ(winners, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(found("a").status, model::ImageStatus::saving);
}

TEST_P(CatalogContract, ChangesAtTheSameTimeLoseNothing) {
  constexpr int threads = 8;
  constexpr int changes = 10;
  add(image("a"));

  on_threads(threads, [&](int thread) {
    for (int i = 0; i < changes; ++i) {
      catalog->change("a", [&](model::Image& image) {
        image.min_ram += 1;
        image.set_property("p" + std::to_string(thread) + "-" + std::to_string(i), "v");
        image.tags.push_back("t" + std::to_string(thread) + "-" + std::to_string(i));
      });
    }
  });

  const model::Image result = found("a");
  EXPECT_EQ(result.min_ram, threads * changes);
  EXPECT_EQ(result.properties.size(), static_cast<std::size_t>(threads * changes));
  EXPECT_EQ(result.tags.size(), static_cast<std::size_t>(threads * changes));
}

TEST_P(CatalogContract, AReaderSeesAnImageAtOneMoment) {
  model::Image made = image("a", "0");
  made.properties = {{"name", "0"}};
  made.tags = {"0"};
  add(made);
  std::atomic<int> torn{0};

  on_threads(4, [&](int thread) {
    for (int i = 1; i <= 50; ++i) {
      if (thread == 0) {
        catalog->change("a", [&](model::Image& image) {
          image.name = std::to_string(i);
          image.set_property("name", *image.name);
          image.tags = {*image.name};
        });
      } else {
        const model::Image seen =
            thread == 1 ? catalog->list({.viewer = {.is_admin = true}}).at(0) : found("a");
        if (seen.properties.at(0).value != seen.name || seen.tags.at(0) != seen.name) ++torn;
      }
    }
  });

  EXPECT_EQ(torn, 0);
}

TEST_P(CatalogContract, AnIdInsertedOnManyThreadsIsStoredOnce) {
  std::atomic<int> stored{0};
  std::atomic<int> refused{0};
  expect_image("a");

  on_threads(8, [&](int) {
    const auto code = code_of([&] { catalog->insert(image("a")); });
    if (!code) ++stored;
    if (code == ErrorCode::duplicate) ++refused;
  });

  EXPECT_EQ(stored, 1);
  EXPECT_EQ(refused, 7);
}

TEST_P(CatalogContract, ARowOfLocationsIsFoundDeletedOrNot) {
  model::Image made = image("a");
  made.locations = {{.location = {"file:///a", {{"store", "fast"}}}}};
  const model::ImageLocation row = add(made).locations[0];
  EXPECT_EQ(catalog->find_location(row.id), row);

  catalog->change("a", [](model::Image& fresh) { fresh.locations.clear(); });

  EXPECT_EQ(catalog->find_location(row.id)->location, row.location);
  EXPECT_EQ(catalog->find_location(row.id + 1), std::nullopt);
}

}  // namespace vitrine::catalog
