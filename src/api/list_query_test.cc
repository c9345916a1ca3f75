#include "api/list_query.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::api {
namespace {

model::ImageQuery parse(std::string_view query) {
  const ApiSettings settings{.page_size = 25, .max_page_size = 100};
  return parse_list_query(parse_query(query), settings);
}

TEST(ListQuery, HasGlancesDefaults) {
  const model::ImageQuery query = parse("");

  EXPECT_EQ(query.limit, 25u);
  EXPECT_EQ(query.is_hidden, false);
  ASSERT_EQ(query.sort.size(), 1u);
  EXPECT_EQ(query.sort[0].key, model::SortKey::created_at);
  EXPECT_EQ(query.sort[0].order, model::SortOrder::descending);
}

TEST(ListQuery, CapsTheLimit) {
  EXPECT_EQ(parse("limit=1000").limit, 100u);
  EXPECT_EQ(parse("limit=0").limit, 0u);
}

TEST(ListQuery, ReadsBothSortGrammars) {
  const auto combined = parse("sort=name:asc, size").sort;
  const auto classic = parse("sort_key=name&sort_key=size&sort_dir=asc").sort;

  ASSERT_EQ(combined.size(), 2u);
  EXPECT_EQ(combined[0].order, model::SortOrder::ascending);
  EXPECT_EQ(combined[1].order, model::SortOrder::descending);
  ASSERT_GE(classic.size(), 2u);
  EXPECT_EQ(classic[1].key, model::SortKey::size);
  EXPECT_EQ(classic[1].order, model::SortOrder::ascending);
}

TEST(ListQuery, OneDirectionForSeveralKeysBreaksTiesToo) {
  const auto sort = parse("sort_key=name&sort_key=size&sort_dir=asc").sort;

  ASSERT_EQ(sort.size(), 4u);
  EXPECT_EQ(sort[2].key, model::SortKey::created_at);
  EXPECT_EQ(sort[3].key, model::SortKey::id);
  EXPECT_EQ(sort[3].order, model::SortOrder::ascending);
  EXPECT_EQ(parse("sort_key=name&sort_key=size").sort.size(), 2u);
}

TEST(ListQuery, BlanksAroundPartsDoNotCount) {
  const auto sort = parse("sort=name%20:%20asc%20,size:").sort;

  ASSERT_EQ(sort.size(), 2u);
  EXPECT_EQ(sort[0].key, model::SortKey::name);
  EXPECT_EQ(sort[0].order, model::SortOrder::ascending);
  EXPECT_EQ(sort[1].order, model::SortOrder::descending);
  EXPECT_EQ(parse("sort_key=%20size&sort_dir=asc%20").sort[0].key, model::SortKey::size);
  EXPECT_EQ(parse("limit=%207").limit, 7u);
}

TEST(ListQuery, ALimitBeyondAllNumbersIsCapped) {
  EXPECT_EQ(parse("limit=99999999999999999999999").limit, 100u);
}

TEST(ListQuery, TheLastOfSeveralValuesCounts) {
  const model::ImageQuery query = parse("limit=1&limit=2&marker=a&marker=b&sort=size&sort=name");

  EXPECT_EQ(query.limit, 2u);
  EXPECT_EQ(query.marker, "b");
  EXPECT_EQ(query.sort[0].key, model::SortKey::name);
}

TEST(ListQuery, AnEmptyMarkerIsAMarker) {
  EXPECT_EQ(parse("marker=").marker, "");
  EXPECT_EQ(parse("").marker, std::nullopt);
}

TEST(ListQuery, RefusesWhatItDoesNotUnderstand) {
  for (const char* query : {"limit=-1",
                            "limit=x",
                            "limit=",
                            "limit=1.5",
                            "limit=1&limit=x",
                            "sort=color",
                            "sort=name:up",
                            "sort=name:%20",
                            "sort=",
                            "sort=name,",
                            "sort=name:asc:desc",
                            "sort_key=",
                            "sort_key=owner",
                            "sort_dir=up",
                            "sort_dir=",
                            "sort_key=name&sort_dir=asc&sort_dir=desc",
                            "sort_dir=asc&sort_dir=desc",
                            "sort=name&sort_key=name",
                            "sort=name&sort_dir=asc",
                            "name=%ff"}) {
    EXPECT_THROW(parse(query), Error) << query;
  }
}

}  // namespace
}  // namespace vitrine::api
