#include "api/list_filters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::api {
namespace {

using model::Comparison;
using model::ImageQuery;
using model::MemberStatus;
using model::NumberColumn;
using model::TextColumn;
using model::TimeColumn;
using model::Visibility;
using testing::ElementsAre;
using testing::IsEmpty;

ImageQuery read(std::string_view text) {
  ImageQuery query;
  read_filters(parse_query(text), query);
  return query;
}

/// The only text filter's values.
std::vector<std::string> values(std::string_view text) {
  const ImageQuery query = read(text);
  return query.texts.size() == 1 ? query.texts[0].any_of : std::vector<std::string>{"not one filter"};
}

bool has_no_filter(const ImageQuery& query) {
  return query.texts.empty() && query.numbers.empty() && query.times.empty() && query.tags.empty() &&
         query.properties.empty() && !query.is_protected && !query.visibility && !query.matches_nothing;
}

void expect_refused(std::initializer_list<const char*> queries) {
  for (const char* query : queries) {
    try {
      read(query);
      ADD_FAILURE() << query << " was understood";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid) << query;
    }
  }
}

TEST(ListFilters, NoParameterIsNoFilter) {
  const ImageQuery query =
      read("limit=1&marker=x&sort=name&sort_key=name&sort_dir=asc&deleted=true&changes-since=");

  EXPECT_TRUE(has_no_filter(query));
  EXPECT_EQ(query.member_status, MemberStatus::accepted);
  EXPECT_FALSE(query.is_hidden);
  EXPECT_FALSE(query.with_community);
}

TEST(ListFilters, TextColumnsAreKnownByName) {
  const std::pair<const char*, TextColumn> columns[] = {
      {"name", TextColumn::name},
      {"id", TextColumn::id},
      {"status", TextColumn::status},
      {"container_format", TextColumn::container_format},
      {"disk_format", TextColumn::disk_format},
      {"owner", TextColumn::owner},
      {"checksum", TextColumn::checksum},
      {"os_hash_algo", TextColumn::os_hash_algo},
      {"os_hash_value", TextColumn::os_hash_value},
  };
  for (const auto& [name, column] : columns) {
    const ImageQuery query = read(std::string(name) + "=x");

    ASSERT_EQ(query.texts.size(), 1u) << name;
    EXPECT_EQ(query.texts[0].column, column) << name;
    EXPECT_THAT(query.texts[0].any_of, ElementsAre("x")) << name;
  }
}

TEST(ListFilters, SomeTextColumnsTakeOperators) {
  EXPECT_THAT(values("name=eq:a:b"), ElementsAre("a:b"));
  EXPECT_THAT(values("status=in:active,queued"), ElementsAre("active", "queued"));
  EXPECT_THAT(values("id=in:a"), ElementsAre("a"));
  EXPECT_THAT(values("name="), ElementsAre(""));
  EXPECT_THAT(values("name=eq:"), ElementsAre(""));
  expect_refused({"name=a:b", "name=:a", "name=neq:a", "name=IN:a", "disk_format=gt:a",
                  "container_format=like:x", "status=eq%20:a"});
}

TEST(ListFilters, ATimeIsNotSplitAtItsColons) {
  EXPECT_THAT(values("name=2024-01-01T10:00:00Z"), ElementsAre("2024-01-01T10:00:00Z"));
}

TEST(ListFilters, OtherTextColumnsTakeTheWholeText) {
  EXPECT_THAT(values("owner=in:a,b"), ElementsAre("in:a,b"));
  EXPECT_THAT(values("checksum=eq:a"), ElementsAre("eq:a"));
}

TEST(ListFilters, NumbersAreEqualOrWithinBounds) {
  const ImageQuery query = read("min_disk=7&min_ram_max=%209&size_min=-1&virtual_size_max=3");

  ASSERT_EQ(query.numbers.size(), 4u);
  EXPECT_EQ(query.numbers[0].column, NumberColumn::min_disk);
  EXPECT_EQ(query.numbers[0].comparison, Comparison::equal);
  EXPECT_EQ(query.numbers[0].value, 7);
  EXPECT_EQ(query.numbers[1].column, NumberColumn::min_ram);
  EXPECT_EQ(query.numbers[1].comparison, Comparison::at_most);
  EXPECT_EQ(query.numbers[1].value, 9);
  EXPECT_EQ(query.numbers[2].column, NumberColumn::size);
  EXPECT_EQ(query.numbers[2].comparison, Comparison::at_least);
  EXPECT_EQ(query.numbers[2].value, -1);
  EXPECT_EQ(query.numbers[3].column, NumberColumn::virtual_size);
}

TEST(ListFilters, ANumberThatIsNoneMatchesNothingButABoundMustBeOne) {
  EXPECT_TRUE(read("size=large").matches_nothing);
  EXPECT_TRUE(read("min_ram=").matches_nothing);
  expect_refused({"size_min=", "size_min=large", "size_max=1.5", "name_min=1", "created_at_max=2024",
                  "cpus_min=2", "_min=1"});
}

TEST(ListFilters, TimesAreComparedInUtc) {
  const std::pair<const char*, Comparison> operators[] = {
      {"", Comparison::equal},        {"eq:", Comparison::equal},    {"neq:", Comparison::not_equal},
      {"lt:", Comparison::less},      {"lte:", Comparison::at_most}, {"gt:", Comparison::greater},
      {"gte:", Comparison::at_least},
  };
  for (const auto& [name, comparison] : operators) {
    const ImageQuery query = read("updated_at=" + std::string(name) + "2024-01-01T10:00:00%2B02:00");

    ASSERT_EQ(query.times.size(), 1u) << name;
    EXPECT_EQ(query.times[0].column, TimeColumn::updated_at);
    EXPECT_EQ(query.times[0].comparison, comparison) << name;
    EXPECT_EQ(to_sql_time(query.times[0].value), "2024-01-01 08:00:00.000000") << name;
  }
  EXPECT_EQ(read("created_at=2024").times[0].column, TimeColumn::created_at);
  expect_refused({"created_at=", "created_at=yesterday", "created_at=gt:", "created_at=in:2024",
                  "created_at=before:2024-01-01", "updated_at=2024-01-01T10:00:00+02:00"});
}

TEST(ListFilters, VisibilityIsOneOrAll) {
  EXPECT_EQ(read("visibility=public").visibility, Visibility::is_public);
  EXPECT_EQ(read("visibility=community").visibility, Visibility::is_community);
  EXPECT_TRUE(read("visibility=all").with_community);
  EXPECT_EQ(read("visibility=all").visibility, std::nullopt);
  EXPECT_TRUE(read("visibility=").matches_nothing);
  expect_refused({"visibility=Public", "visibility=secret", "visibility=in:public"});
}

TEST(ListFilters, MemberStatusIsOneOrAll) {
  EXPECT_EQ(read("member_status=pending").member_status, MemberStatus::pending);
  EXPECT_EQ(read("member_status=all").member_status, std::nullopt);
  expect_refused({"member_status=", "member_status=Pending", "member_status=gone"});
}

TEST(ListFilters, FlagsHaveTheirOwnSpellings) {
  EXPECT_TRUE(read("os_hidden=TRUE").is_hidden);
  EXPECT_FALSE(read("os_hidden=False").is_hidden);
  EXPECT_EQ(read("protected=true").is_protected, true);
  EXPECT_EQ(read("protected=false").is_protected, false);
  expect_refused({"os_hidden=", "os_hidden=1", "protected=True", "protected=", "protected=0"});
}

TEST(ListFilters, TagsAddUp) {
  EXPECT_THAT(read("tag=a&tag=%20b%20&tag=").tags, ElementsAre("a", "b", ""));
  EXPECT_THAT(read("tags=a&tag=b").tags, ElementsAre("a", "b"));
}

TEST(ListFilters, OtherNamesAreProperties) {
  const ImageQuery query = read("os_distro=in:a:b&properties=x&empty&locations=");

  ASSERT_EQ(query.properties.size(), 4u);
  EXPECT_EQ(query.properties[0].name, "empty");
  EXPECT_EQ(query.properties[0].value, "");
  EXPECT_EQ(query.properties[1].name, "locations");
  EXPECT_EQ(query.properties[2].name, "os_distro");
  EXPECT_EQ(query.properties[2].value, "in:a:b");
  EXPECT_EQ(query.properties[3].name, "properties");
}

TEST(ListFilters, TheLastOfSeveralValuesCounts) {
  const ImageQuery query = read("name=x:y&name=b&p=1&p=2&visibility=wrong&visibility=all");

  EXPECT_THAT(query.texts[0].any_of, ElementsAre("b"));
  ASSERT_EQ(query.properties.size(), 1u);
  EXPECT_EQ(query.properties[0].value, "2");
}

TEST(ListFilters, ThereIsNoFilterForChangesSince) {
  expect_refused({"changes-since=2024-01-01"});
}

TEST(ListFilters, AreBounded) {
  std::string tags = "p=1";
  for (std::size_t i = 1; i < model::most_filters; ++i) tags += "&tag=x";
  std::string names = "name=in:x";
  for (std::size_t i = 1; i < model::most_alternatives; ++i) names += ",x";

  EXPECT_EQ(read(tags).tags.size() + 1, model::most_filters);
  EXPECT_EQ(values(names).size(), model::most_alternatives);
  expect_refused({(tags + "&tag=x").c_str(), (tags + "&q=1").c_str(), (names + ",x").c_str()});
}

TEST(Alternatives, AreSplitAtCommas) {
  EXPECT_THAT(split_alternatives(""), testing::IsEmpty());
  EXPECT_THAT(split_alternatives("a"), ElementsAre("a"));
  EXPECT_THAT(split_alternatives("a,b c,d"), ElementsAre("a", "b c", "d"));
  EXPECT_THAT(split_alternatives(","), ElementsAre(""));
  EXPECT_THAT(split_alternatives(",a"), ElementsAre("", "a"));
  EXPECT_THAT(split_alternatives("a,,b"), ElementsAre("a", "", "b"));
  EXPECT_THAT(split_alternatives("a,"), ElementsAre("a"));
}

TEST(Alternatives, MayBeQuoted) {
  EXPECT_THAT(split_alternatives(R"("a,b",c)"), ElementsAre("a,b", "c"));
  EXPECT_THAT(split_alternatives(R"(c,"a,b")"), ElementsAre("c", "a,b"));
  EXPECT_THAT(split_alternatives(R"("","a",)"), ElementsAre("", "a"));
  EXPECT_THAT(split_alternatives(R"("a\",b")"), ElementsAre(R"(a\",b)"));
  EXPECT_THAT(split_alternatives(R"(a\"b,c)"), ElementsAre(R"(a\"b)", "c"));
}

TEST(Alternatives, WithQuotesInTheWrongPlaceAreRefused) {
  for (const char* text :
       {R"(")", R"("a)", R"(a,"b)", R"("a\")", R"(a"b")", R"(a ,b"c)", R"("a"b)", R"("a" ,b)", R"("a""b")"}) {
    EXPECT_THROW(split_alternatives(text), Error) << text;
  }
}

}  // namespace
}  // namespace vitrine::api
