#pragma once

#include <limits>

#include "tests/contract/catalog_contract.h"

/// CatalogContract: filters of lists.
namespace vitrine::catalog {

using model::Comparison;
using model::NumberColumn;
using model::TextColumn;
using model::TimeColumn;
using testing::UnorderedElementsAre;

/// An image that has a text in every column that can be filtered, "x" where the schema allows any.
inline model::Image image_with_texts(const std::string& id, const std::string& text) {
  model::Image made;
  made.id = id;
  made.name = made.container_format = made.disk_format = made.owner = text;
  made.checksum = made.os_hash_algo = made.os_hash_value = text;
  return made;
}

TEST_P(CatalogContract, EveryTextColumnIsFilteredByItsWholeText) {
  add(image_with_texts("x", "x"));
  if (!folds_case()) add(image_with_texts("X", "X"));
  add(image_with_texts("xx", "xx"));
  add(image("none"));

  for (const TextColumn column :
       {TextColumn::name, TextColumn::id, TextColumn::container_format, TextColumn::disk_format,
        TextColumn::owner, TextColumn::checksum, TextColumn::os_hash_algo, TextColumn::os_hash_value}) {
    SCOPED_TRACE(static_cast<int>(column));
    EXPECT_THAT(ids({.texts = {{column, {"x"}}}}), ElementsAre("x"));
    EXPECT_THAT(ids({.texts = {{column, {"x", "xx", "y"}}}}), UnorderedElementsAre("x", "xx"));
    EXPECT_THAT(ids({.texts = {{column, {"x%"}}}}), IsEmpty());
    EXPECT_THAT(ids({.texts = {{column, {""}}}}), IsEmpty()) << "no text is not the empty text";
  }
}

TEST_P(CatalogContract, TheEmptyTextIsATextToFilterBy) {
  add(image("none"));
  add(image("empty", ""));

  EXPECT_THAT(ids({.texts = {{TextColumn::name, {""}}}}), ElementsAre("empty"));
  EXPECT_THAT(ids({.texts = {{TextColumn::name, {"", "x"}}}}), ElementsAre("empty"));
}

TEST_P(CatalogContract, ListsAreFilteredByStatus) {
  add_named({"queued", "active", "killed"});
  catalog->change("id-1", [](model::Image& image) { image.status = model::ImageStatus::active; });
  catalog->change("id-2", [](model::Image& image) { image.status = model::ImageStatus::killed; });

  EXPECT_THAT(ids({.texts = {{TextColumn::status, {"active"}}}}), ElementsAre("id-1"));
  EXPECT_THAT(ids({.texts = {{TextColumn::status, {"active", "queued"}}}}), ElementsAre("id-1", "id-0"));
  EXPECT_THAT(ids({.texts = {{TextColumn::status, {"killed"}}}}), IsEmpty());
  EXPECT_THAT(ids({.texts = {{TextColumn::status, {"unheard of"}}}}), IsEmpty());
}

TEST_P(CatalogContract, AFilterMayNameAsManyTextsAsThereMayBe) {
  add_named({"a", "b"});
  std::vector<std::string> names;
  for (std::size_t i = 1; i < model::most_alternatives; ++i) names.push_back("name " + std::to_string(i));

  EXPECT_THAT(ids({.texts = {{TextColumn::name, names}}}), IsEmpty());
  names.emplace_back("b");
  EXPECT_THAT(ids({.texts = {{TextColumn::name, names}}}), ElementsAre("id-1"));
}

TEST_P(CatalogContract, EveryNumberIsComparedInEveryWay) {
  for (int i = 1; i <= 3; ++i) {
    model::Image made = image(std::to_string(i));
    made.size = made.virtual_size = i;
    made.min_disk = made.min_ram = i;
    add(made);
  }
  struct Row {
    Comparison comparison;
    std::vector<std::string> found;
  };

  for (const NumberColumn column :
       {NumberColumn::size, NumberColumn::virtual_size, NumberColumn::min_disk, NumberColumn::min_ram}) {
    for (const Row& row : {Row{Comparison::equal, {"2"}}, Row{Comparison::not_equal, {"1", "3"}},
                           Row{Comparison::less, {"1"}}, Row{Comparison::at_most, {"1", "2"}},
                           Row{Comparison::greater, {"3"}}, Row{Comparison::at_least, {"2", "3"}}}) {
      EXPECT_THAT(ids({.numbers = {{column, row.comparison, 2}}}),
                  testing::UnorderedElementsAreArray(row.found))
          << static_cast<int>(column) << ' ' << static_cast<int>(row.comparison);
    }
  }
}

TEST_P(CatalogContract, ANumberThatNoColumnHoldsIsComparedLikeAnyOther) {
  model::Image made = image("a");
  made.size = 1;
  add(made);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

  for (const NumberColumn column : {NumberColumn::size, NumberColumn::min_disk, NumberColumn::min_ram}) {
    EXPECT_THAT(ids({.numbers = {{column, Comparison::less, most}}}), ElementsAre("a"));
    EXPECT_THAT(ids({.numbers = {{column, Comparison::at_least, most}}}), IsEmpty());
  }
}

TEST_P(CatalogContract, NoSizeIsNeitherSmallNorLarge) {
  add(image("none"));

  EXPECT_THAT(ids({.numbers = {{NumberColumn::size, Comparison::at_most, 10}}}), IsEmpty());
  EXPECT_THAT(ids({.numbers = {{NumberColumn::size, Comparison::at_least, 0}}}), IsEmpty());
}

TEST_P(CatalogContract, SeveralBoundsHoldTogether) {
  for (int i = 1; i <= 4; ++i) {
    model::Image made = image(std::to_string(i));
    made.size = i;
    add(made);
  }

  EXPECT_THAT(ids({.numbers = {{NumberColumn::size, Comparison::at_least, 2},
                               {NumberColumn::size, Comparison::at_most, 3}}}),
              UnorderedElementsAre("2", "3"));
}

TEST_P(CatalogContract, EveryTimeIsComparedInEveryWay) {
  std::vector<Timestamp> times;
  for (const char* id : {"1", "2", "3"}) {
    times.push_back(add(image(id)).created_at);
    clock.advance(keeps_fractions() ? std::chrono::microseconds(1) : std::chrono::seconds(1));
  }
  struct Row {
    Comparison comparison;
    std::vector<std::string> found;
  };

  for (const TimeColumn column : {TimeColumn::created_at, TimeColumn::updated_at}) {
    for (const Row& row : {Row{Comparison::equal, {"2"}}, Row{Comparison::not_equal, {"1", "3"}},
                           Row{Comparison::less, {"1"}}, Row{Comparison::at_most, {"1", "2"}},
                           Row{Comparison::greater, {"3"}}, Row{Comparison::at_least, {"2", "3"}}}) {
      EXPECT_THAT(ids({.times = {{column, row.comparison, times[1]}}}),
                  testing::UnorderedElementsAreArray(row.found))
          << static_cast<int>(column) << ' ' << static_cast<int>(row.comparison);
    }
  }
}

TEST_P(CatalogContract, AnImageThatWasNeverChangedIsFoundByItsCreation) {
  add(image("a"));
  other->execute("UPDATE images SET updated_at = NULL");

  EXPECT_THAT(ids({.times = {{TimeColumn::updated_at, Comparison::at_most, clock.now()}}}), ElementsAre("a"));
}

TEST_P(CatalogContract, AChangedImageIsFoundByItsLastChange) {
  add_named({"a", "b"});
  const Timestamp later = clock.now();
  catalog->change("id-0", [](model::Image& image) { image.name = "changed"; });

  EXPECT_THAT(ids({.times = {{TimeColumn::updated_at, Comparison::at_least, later}}}), ElementsAre("id-0"));
  EXPECT_THAT(ids({.times = {{TimeColumn::created_at, Comparison::at_least, later}}}), IsEmpty());
}

TEST_P(CatalogContract, AnImageMustHaveEveryTagThatIsAskedFor) {
  model::Image both = image("both");
  both.tags = {"a", "b"};
  add(both);
  model::Image one = image("one");
  one.tags = {"a"};
  add(one);
  add(image("none"));

  EXPECT_THAT(ids({.tags = {"a"}}), UnorderedElementsAre("both", "one"));
  EXPECT_THAT(ids({.tags = {"a", "b"}}), ElementsAre("both"));
  EXPECT_THAT(ids({.tags = {"a", "a"}}), UnorderedElementsAre("both", "one"));
  EXPECT_EQ(ids({.tags = {"A"}}).size(), folds_case() ? 2U : 0U);
}

TEST_P(CatalogContract, AnImageMustHaveEveryPropertyThatIsAskedFor) {
  model::Image both = image("both");
  both.properties = {{"p", "1"}, {"q", "2"}};
  add(both);
  model::Image one = image("one");
  one.properties = {{"p", "1"}, {"q", "1"}};
  add(one);
  add(image("none"));

  EXPECT_THAT(ids({.properties = {{"p", "1"}}}), UnorderedElementsAre("both", "one"));
  EXPECT_THAT(ids({.properties = {{"p", "1"}, {"q", "2"}}}), ElementsAre("both"));
  EXPECT_THAT(ids({.properties = {{"p", "1"}, {"p", "2"}}}), IsEmpty());
  EXPECT_THAT(ids({.properties = {{"unheard of", ""}}}), IsEmpty());
}

TEST_P(CatalogContract, WhatWasTakenFromAnImageFindsItNoMore) {
  model::Image made = image("a");
  made.properties = {{"p", "1"}};
  made.tags = {"t"};
  add(made);
  catalog->change("a", [](model::Image& image) {
    image.properties.clear();
    image.tags.clear();
  });

  EXPECT_THAT(ids({.tags = {"t"}}), IsEmpty());
  EXPECT_THAT(ids({.properties = {{"p", "1"}}}), IsEmpty());
}

TEST_P(CatalogContract, ATagThatOthersStoredTwiceFindsItsImageOnce) {
  model::Image made = image("a");
  made.tags = {"t"};
  add(made);
  const auto store_again = [&] {
    other->execute(
        "INSERT INTO image_tags (image_id, value, created_at, deleted) "
        "VALUES ('a', 't', '2024-01-01 00:00:00', FALSE)");
  };
  store_again();

  EXPECT_THAT(ids({.tags = {"t"}}), ElementsAre("a"));

  other->execute("DELETE FROM image_tags WHERE id = " + column("SELECT max(id) FROM image_tags").at(0));
}

TEST_P(CatalogContract, ListsAreFilteredByProtection) {
  add_named({"a", "b"});
  catalog->change("id-1", [](model::Image& image) { image.is_protected = true; });

  EXPECT_THAT(ids({.is_protected = true}), ElementsAre("id-1"));
  EXPECT_THAT(ids({.is_protected = false}), ElementsAre("id-0"));
}

TEST_P(CatalogContract, FiltersOfAllKindsHoldTogether) {
  model::Image whole = image_with_texts("whole", "x");
  whole.size = 5;
  whole.tags = {"t"};
  whole.properties = {{"p", "1"}};
  add(whole);
  model::ImageQuery query{.is_protected = false};
  query.texts = {{TextColumn::name, {"x"}}, {TextColumn::owner, {"x"}}, {TextColumn::checksum, {"x", "y"}}};
  query.numbers = {{NumberColumn::size, Comparison::equal, 5}};
  query.times = {{TimeColumn::created_at, Comparison::equal, clock.now()}};
  query.tags = {"t"};
  query.properties = {{"p", "1"}};
  ASSERT_THAT(ids(query), ElementsAre("whole"));

  const std::function<void(model::ImageQuery&)> spoilers[] = {
      [](model::ImageQuery& spoilt) { spoilt.texts[0].any_of = {"y"}; },
      [](model::ImageQuery& spoilt) { spoilt.texts[1].any_of = {"y"}; },
      [](model::ImageQuery& spoilt) { spoilt.texts[2].any_of = {"y"}; },
      [](model::ImageQuery& spoilt) { spoilt.numbers[0].value = 6; },
      [](model::ImageQuery& spoilt) { spoilt.times[0].comparison = Comparison::less; },
      [](model::ImageQuery& spoilt) { spoilt.tags = {"u"}; },
      [](model::ImageQuery& spoilt) {
        spoilt.properties = {{"p", "2"}};
      },
      [](model::ImageQuery& spoilt) { spoilt.is_protected = true; },
      [](model::ImageQuery& spoilt) { spoilt.is_hidden = true; },
      [](model::ImageQuery& spoilt) { spoilt.matches_nothing = true; },
  };
  for (const auto& spoil : spoilers) {
    model::ImageQuery spoilt = query;
    spoil(spoilt);
    EXPECT_THAT(ids(spoilt), IsEmpty()) << &spoil - spoilers;
  }
}

TEST_P(CatalogContract, AQueryThatMatchesNothingStillNeedsAGoodMarker) {
  EXPECT_EQ(code_of([&] { ids({.marker = "nothing", .matches_nothing = true}); }), ErrorCode::invalid);
}

TEST_P(CatalogContract, HiddenImagesAreFoundByEveryFilter) {
  model::Image hidden = image_with_texts("hidden", "x");
  hidden.is_hidden = true;
  hidden.tags = {"t"};
  hidden.properties = {{"p", "1"}};
  add(hidden);

  for (const model::ImageQuery& query : std::initializer_list<model::ImageQuery>{
           {.is_hidden = true},
           {.is_hidden = true, .texts = {{TextColumn::name, {"x"}}}},
           {.is_hidden = true, .texts = {{TextColumn::name, {"x", "y"}}}},
           {.is_hidden = true, .texts = {{TextColumn::checksum, {"x"}}}},
           {.is_hidden = true, .texts = {{TextColumn::owner, {"x"}}}},
           {.is_hidden = true, .tags = {"t"}},
           {.is_hidden = true, .properties = {{"p", "1"}}},
           {.is_hidden = true, .times = {{TimeColumn::updated_at, Comparison::equal, clock.now()}}},
       }) {
    EXPECT_THAT(ids(query), ElementsAre("hidden"));
    model::ImageQuery shown = query;
    shown.is_hidden = false;
    EXPECT_THAT(ids(shown), IsEmpty());
  }
}

/// More images than are read and sorted for the sake of one filter.
TEST_P(CatalogContract, AFilterThatManyImagesPassFindsThemInOrder) {
  constexpr int count = 2100;
  std::string rows;
  for (int i = 10'000; i < 10'000 + count; ++i) {
    rows += (rows.empty() ? "('" : ", ('") + std::to_string(i) +
            "', 'active', 'public', '2024-01-01 00:00:00', FALSE, 0, 0)";
    expect_image(std::to_string(i));
  }
  other->execute(
      "INSERT INTO images (id, status, visibility, created_at, deleted, min_disk, min_ram) VALUES " + rows);
  other->execute(
      "INSERT INTO image_tags (image_id, value, created_at, deleted) "
      "SELECT id, 't', '2024-01-01 00:00:00', FALSE FROM images");
  other->execute(
      "INSERT INTO image_properties (image_id, name, value, created_at, deleted) "
      "SELECT id, 'p', '1', '2024-01-01 00:00:00', FALSE FROM images");
  add(image("untagged"));

  for (const model::ImageQuery& query : std::initializer_list<model::ImageQuery>{
           {.limit = 2, .tags = {"t"}},
           {.limit = 2, .properties = {{"p", "1"}}},
           {.limit = 2, .texts = {{TextColumn::status, {"active"}}}},
           {.limit = 2, .viewer = {.project_id = "p"}, .tags = {"t"}, .properties = {{"p", "1"}}},
       }) {
    EXPECT_THAT(query.viewer.project_id ? ids_for_viewer(query) : ids(query), ElementsAre("12099", "12098"));
  }
}

}  // namespace vitrine::catalog
