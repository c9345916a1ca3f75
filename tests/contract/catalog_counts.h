#pragma once

#include "tests/contract/catalog_contract.h"

/// What a project has, by itself and as the condition of a change.
namespace vitrine::catalog {

/// An active image with so many locations.
inline model::Image stored_image(const std::string& id, const model::Project& owner, std::uint64_t size,
                                 std::size_t locations) {
  model::Image image;
  image.id = id;
  image.owner = owner;
  image.status = model::ImageStatus::active;
  image.size = size;
  for (std::size_t i = 0; i < locations; ++i) {
    image.locations.emplace_back().location.uri = "memory://" + id + "/" + std::to_string(i);
  }
  return image;
}

TEST_P(CatalogContract, AProjectsStoredBytesAreASizeForEachLocation) {
  add(stored_image("a", "p", 5, 1));
  add(stored_image("b", "p", 7, 3));
  add(stored_image("c", "p", 11, 0));
  add(stored_image("other", "q", 100, 1));
  add(stored_image("nobody's", {}, 1000, 1));

  EXPECT_EQ(catalog->count({.project = "p"}), 26u);
  EXPECT_EQ(catalog->count({.project = "p", .left_out = "b"}), 5u);
  EXPECT_EQ(catalog->count({}), 1000u);
  EXPECT_EQ(catalog->count({.project = "nobody"}), 0u);
}

TEST_P(CatalogContract, CountsLeaveOutDeletedImagesAndLocations) {
  add(stored_image("a", "p", 5, 3));
  catalog->change("a", [](model::Image& fresh) { fresh.locations.pop_back(); });
  add(stored_image("gone", "p", 7, 1));
  catalog->remove("gone", [](model::Image& fresh) { fresh.status = model::ImageStatus::deleted; });
  add(stored_image("going", "p", 11, 1));
  catalog->remove("going", [](model::Image& fresh) { fresh.status = model::ImageStatus::pending_delete; });
  add(stored_image("killed", "p", 13, 1));
  other->execute("UPDATE images SET status = 'killed' WHERE id = 'killed'");

  EXPECT_EQ(catalog->count({.project = "p"}), 10u);
}

TEST_P(CatalogContract, CountsIncludeTheLocationsOfAnImportUnderWay) {
  add(stored_image("a", "p", 5, 1));
  add_foreign_location("a", "uploading");

  EXPECT_EQ(catalog->count({.project = "p"}), 10u);
}

TEST_P(CatalogContract, CountsDoNotOverflow) {
  const std::uint64_t most = std::uint64_t{1} << 62;
  add(stored_image("a", "p", most, 3));
  EXPECT_EQ(catalog->count({.project = "p"}), 3 * most);

  add(stored_image("b", "p", most + 3, 1));

  EXPECT_EQ(catalog->count({.project = "p"}), UINT64_MAX);
}

inline model::Image image_in(const std::string& id, model::ImageStatus status, std::uint64_t size = 0) {
  model::Image image = stored_image(id, "p", size, 0);
  image.status = status;
  return image;
}

TEST_P(CatalogContract, AProjectsImagesAreCountedWithDataOrWithout) {
  add(image_in("queued", model::ImageStatus::queued));
  add(stored_image("active", "p", 5, 3));
  add(stored_image("nobody's", {}, 5, 1));
  add(image_in("killed", model::ImageStatus::killed));
  add(image_in("gone", model::ImageStatus::queued));
  catalog->remove("gone", [](model::Image& fresh) { fresh.status = model::ImageStatus::deleted; });

  EXPECT_EQ(catalog->count({.quantity = model::Quantity::images, .project = "p"}), 2u);
  EXPECT_EQ(catalog->count({.quantity = model::Quantity::images, .project = "p", .left_out = "active"}), 1u);
  EXPECT_EQ(catalog->count({.quantity = model::Quantity::images}), 1u);
}

TEST_P(CatalogContract, ImagesUnderWayAreThoseWhoseDataIsComingIn) {
  add(image_in("queued", model::ImageStatus::queued, 1));
  add(image_in("saving", model::ImageStatus::saving, 2));
  add(image_in("uploading", model::ImageStatus::uploading, 4));
  add(image_in("importing", model::ImageStatus::importing, 8));
  for (const char* id : {"copying", "copied"}) {
    add(stored_image(id, "p", 16, 2));
    add_foreign_property(id, "os_glance_importing_to_stores", std::string(id) == "copying" ? "a,b" : "");
  }

  EXPECT_EQ(catalog->count({.quantity = model::Quantity::images_under_way, .project = "p"}), 4u);
  EXPECT_EQ(catalog->count({.quantity = model::Quantity::staged_bytes, .project = "p"}), 28u);
}

TEST_P(CatalogContract, AConditionOfANewImageCountsUnderItsLock) {
  add(stored_image("a", "p", 5, 1));
  const auto at_most_two = [](const model::Image&, const model::Image& after, const Counter& count) {
    if (count({.quantity = model::Quantity::images, .project = after.owner}) >= 2) {
      throw Error(ErrorCode::limit_exceeded, "full");
    }
  };
  catalog->insert(image_in("b", model::ImageStatus::queued), at_most_two);
  expect_image("b");

  EXPECT_EQ(code_of([&] { catalog->insert(image_in("c", model::ImageStatus::queued), at_most_two); }),
            ErrorCode::limit_exceeded);
  EXPECT_FALSE(catalog->find("c"));
}

TEST_P(CatalogContract, ConditionsAtTheSameTimeCountEachOther) {
  constexpr int most = 3;
  const auto at_most = [](const model::Image&, const model::Image& after, const Counter& count) {
    if (count({.quantity = model::Quantity::images, .project = after.owner}) >= most) {
      throw Error(ErrorCode::limit_exceeded, "full");
    }
  };
  std::atomic<int> stored = 0;

  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i) {
      expect_image(std::to_string(i));
      clients.emplace_back([&, i] {
        const auto code = code_of(
            [&] { catalog->insert(image_in(std::to_string(i), model::ImageStatus::queued), at_most); });
        stored += code ? 0 : 1;
      });
    }
  }

  EXPECT_EQ(stored, most);
  EXPECT_EQ(catalog->count({.quantity = model::Quantity::images, .project = "p"}), std::uint64_t{most});
}

TEST_P(CatalogContract, AConditionSeesTheChangeAndCountsUnderItsLock) {
  add(stored_image("a", "p", 5, 1));
  add(stored_image("b", "p", 7, 1));
  std::uint64_t counted = 0;

  catalog->change(
      "a", [](model::Image& fresh) { fresh.name = "new"; },
      [&](const model::Image& before, const model::Image& after, const Counter& count) {
        EXPECT_EQ(before.name, std::nullopt);
        EXPECT_EQ(after.name, "new");
        counted = count({.project = "p", .left_out = "a"});
      });

  EXPECT_EQ(counted, 7u);
  EXPECT_EQ(found("a").name, "new");
}

TEST_P(CatalogContract, AConditionThatThrowsLeavesEverythingAsItWas) {
  add(stored_image("a", "p", 5, 1));

  const auto code = code_of([&] {
    catalog->change(
        "a",
        [](model::Image& fresh) {
          fresh.name = "new";
          fresh.locations.clear();
        },
        [](const model::Image&, const model::Image&, const Counter&) {
          throw Error(ErrorCode::limit_exceeded, "full");
        });
  });

  EXPECT_EQ(code, ErrorCode::limit_exceeded);
  EXPECT_EQ(found("a").name, std::nullopt);
  EXPECT_EQ(found("a").locations.size(), 1u);
}

}  // namespace vitrine::catalog
