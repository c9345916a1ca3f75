#pragma once

#include "tests/contract/catalog_contract.h"

/// CatalogContract: lists of images.
namespace vitrine::catalog {

using model::SortKey;
using model::SortOrder;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(CatalogContract, TheNewestImageComesFirst) {
  add_named({"a", "b", "c"});

  EXPECT_THAT(ids({}), ElementsAre("id-2", "id-1", "id-0"));
}

TEST_P(CatalogContract, APageHoldsNoMoreThanItsLimit) {
  add_named({"a", "b", "c"});

  EXPECT_THAT(ids({.limit = 2}), ElementsAre("id-2", "id-1"));
  EXPECT_THAT(ids({.limit = 0}), IsEmpty());
  EXPECT_EQ(ids({.limit = UINT64_MAX}).size(), 3U);
}

TEST_P(CatalogContract, APageStartsAfterItsMarker) {
  add_named({"a", "b", "c"});

  EXPECT_THAT(ids({.marker = "id-1"}), ElementsAre("id-0"));
  EXPECT_THAT(ids({.marker = "id-0"}), IsEmpty());
}

TEST_P(CatalogContract, AMarkerMustBeAnImage) {
  add_named({"a"});

  for (const char* marker : {"", "nothing"}) {
    EXPECT_EQ(code_of([&] { ids({.marker = marker}); }), ErrorCode::invalid) << marker;
    EXPECT_EQ(code_of([&] { ids({.limit = 0, .marker = marker}); }), ErrorCode::invalid) << marker;
  }
}

TEST_P(CatalogContract, AMarkerMayBeDeletedForAnAdministrator) {
  add_named({"a", "b", "c"});
  catalog->remove("id-1", [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  EXPECT_THAT(ids({.marker = "id-1"}), ElementsAre("id-0"));
  EXPECT_EQ(code_of([&] { ids_for_viewer({.marker = "id-1"}); }), ErrorCode::invalid);
}

TEST_P(CatalogContract, DeletedAndKilledImagesAreNotListed) {
  add_named({"deleted", "killed", "live"});
  catalog->remove("id-0", [](model::Image& image) { image.status = model::ImageStatus::deleted; });
  catalog->change("id-1", [](model::Image& image) { image.status = model::ImageStatus::killed; });

  EXPECT_THAT(ids({}), ElementsAre("id-2"));
}

TEST_P(CatalogContract, HiddenImagesAreListedWhenAskedFor) {
  add_named({"shown", "hidden"});
  catalog->change("id-1", [](model::Image& image) { image.is_hidden = true; });

  EXPECT_THAT(ids({}), ElementsAre("id-0"));
  EXPECT_THAT(ids({.is_hidden = true}), ElementsAre("id-1"));
}

TEST_P(CatalogContract, ListedImagesHaveAllThatBelongsToThem) {
  model::Image first = image("first");
  first.properties = {{"p", "1"}, {"q", "2"}};
  first.tags = {"t"};
  first.locations = {{.location = {"file:///a", {{"store", "s"}}}}};
  model::Image second = image("second");
  second.properties = {{"p", "3"}};
  add(image("none"));
  add(first);
  add(second);

  const std::vector<model::Image> page =
      catalog->list({.sort = {{SortKey::id, SortOrder::ascending}}, .viewer = {.is_admin = true}});

  ASSERT_EQ(page.size(), 3U);
  EXPECT_EQ(page[0].properties, first.properties);
  EXPECT_EQ(page[0].tags, first.tags);
  EXPECT_EQ(page[0].locations, found("first").locations);
  EXPECT_THAT(page[1].properties, IsEmpty());
  EXPECT_EQ(page[2].properties, second.properties);
}

TEST_P(CatalogContract, ALargePageHasAllThatBelongsToItsImages) {
  constexpr std::size_t count = 1100;
  for (std::size_t i = 0; i < count; ++i) {
    model::Image made = image(std::to_string(i));
    made.tags = {"tag of " + made.id};
    add(made);
  }

  const std::vector<model::Image> page = catalog->list({.limit = count, .viewer = {.is_admin = true}});

  ASSERT_EQ(page.size(), count);
  for (const model::Image& listed : page) EXPECT_THAT(listed.tags, ElementsAre("tag of " + listed.id));
}

TEST_P(CatalogContract, TiesFollowTheOnlyDirection) {
  add_named({"same", "same", "same"});

  EXPECT_THAT(ids({.sort = {{SortKey::name, SortOrder::ascending}}}), ElementsAre("id-0", "id-1", "id-2"));
  EXPECT_THAT(ids({.sort = {{SortKey::name, SortOrder::descending}}}), ElementsAre("id-2", "id-1", "id-0"));
}

TEST_P(CatalogContract, TiesDescendWhenThereAreSeveralKeys) {
  add_named({"same", "same", "same"});

  EXPECT_THAT(ids({.sort = {{SortKey::name, SortOrder::ascending}, {SortKey::size, SortOrder::ascending}}}),
              ElementsAre("id-2", "id-1", "id-0"));
}

TEST_P(CatalogContract, TheIdDecidesBetweenImagesOfOneMoment) {
  for (const char* id : {"b", "c", "a"}) add(image(id));

  EXPECT_THAT(ids({}), ElementsAre("c", "b", "a"));
}

TEST_P(CatalogContract, NoValueSortsAsTheEmptyOne) {
  add(image("none"));
  clock.advance(std::chrono::seconds(1));
  add(image("named", "x"));
  clock.advance(std::chrono::seconds(1));
  add(image("empty", ""));

  EXPECT_THAT(ids({.sort = {{SortKey::name, SortOrder::ascending}}}), ElementsAre("none", "empty", "named"));
}

/// Every key in both directions, alone and followed by another key in either direction.
inline std::vector<std::vector<model::Sort>> all_sorts() {
  constexpr SortKey keys[] = {SortKey::name,        SortKey::status, SortKey::container_format,
                              SortKey::disk_format, SortKey::size,   SortKey::created_at,
                              SortKey::updated_at,  SortKey::id};
  constexpr SortOrder orders[] = {SortOrder::ascending, SortOrder::descending};
  std::vector<std::vector<model::Sort>> sorts{{}};
  for (const SortKey key : keys) {
    for (const SortOrder order : orders) {
      sorts.push_back({{key, order}});
      sorts.push_back({{key, order}, {SortKey::disk_format, SortOrder::ascending}});
      sorts.push_back({{key, order}, {SortKey::name, SortOrder::descending}, {key, order}});
    }
  }
  return sorts;
}

/// Images with few different values, and many that have none.
inline std::vector<model::Image> similar_images() {
  const std::optional<std::string> texts[] = {{}, "", "b", "B"};
  std::vector<model::Image> images;
  for (int i = 0; i < 12; ++i) {
    model::Image& made = images.emplace_back();
    made.id = "id-" + std::to_string((i * 7) % 12);
    made.name = texts[i % 4];
    made.status = i % 3 == 0 ? model::ImageStatus::queued : model::ImageStatus::active;
    made.container_format = texts[i % 3];
    made.disk_format = texts[i % 2];
    made.visibility = i % 2 == 0 ? model::Visibility::is_public : model::Visibility::is_shared;
    made.owner = i % 4 == 1 ? "p" : "q";
    if (i % 3 != 0) made.size = i % 5;
  }
  return images;
}

TEST_P(CatalogContract, PagesShowEveryImageOnceInEveryOrder) {
  for (const model::Image& made : similar_images()) {
    add(made);
    if (made.disk_format) clock.advance(std::chrono::seconds(1));
  }
  other->execute("UPDATE images SET updated_at = NULL WHERE size = 1");

  for (const std::vector<model::Sort>& sort : all_sorts()) {
    const model::ImageQuery query{.limit = 100, .sort = sort, .viewer = {.is_admin = true}};
    const std::vector<std::string> whole = ids_for_viewer(query);
    ASSERT_EQ(whole.size(), 12U);
    EXPECT_EQ(ids_by_pages(query), whole);
  }
}

TEST_P(CatalogContract, PagesOfWhatAProjectFindsForSeveralReasonsAreOneListInEveryOrder) {
  for (const model::Image& made : similar_images()) {
    add(made);
    if (made.disk_format) clock.advance(std::chrono::seconds(1));
    if (made.size == 2) share(made.id, "p", "accepted");
  }

  for (const std::vector<model::Sort>& sort : all_sorts()) {
    std::vector<std::string> expected = ids({.limit = 100, .sort = sort});
    std::erase_if(expected, [&](const std::string& id) {
      const model::Image seen = found(id);
      return seen.visibility != model::Visibility::is_public && seen.owner != "p" && seen.size != 2;
    });
    ASSERT_LT(expected.size(), 12U);
    const model::ImageQuery query{.limit = 100, .sort = sort, .viewer = {.project_id = "p"}};
    EXPECT_EQ(ids_for_viewer(query), expected);
    EXPECT_EQ(ids_by_pages(query), expected);
  }
}

}  // namespace vitrine::catalog
