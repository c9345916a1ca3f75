#include "api/task_query.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace vitrine::api {
namespace {

using model::TaskColumn;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

model::TaskQuery parse(std::string_view query) {
  ApiSettings settings;
  settings.max_page_size = 100;
  return parse_task_query(parse_query(query), settings);
}

TEST(TaskQuery, HasDefaults) {
  const model::TaskQuery query = parse("");

  EXPECT_EQ(query.limit, 25u);
  EXPECT_FALSE(query.marker);
  EXPECT_EQ(query.sort_key, TaskColumn::created_at);
  EXPECT_FALSE(query.is_ascending);
  EXPECT_THAT(query.filters, IsEmpty());
}

TEST(TaskQuery, ReadsEveryParameter) {
  const model::TaskQuery query = parse(
      "limit=1000&marker=00000000-0000-4000-8000-000000000000&sort_key=updated_at&sort_dir=asc&type=import&"
      "status=success&image_id=i");

  EXPECT_EQ(query.limit, 100u);
  EXPECT_EQ(query.marker, "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(query.sort_key, TaskColumn::updated_at);
  EXPECT_TRUE(query.is_ascending);
  EXPECT_THAT(query.filters,
              ElementsAre(Pair(TaskColumn::type, "import"), Pair(TaskColumn::status, "success"),
                          Pair(TaskColumn::image_id, "i")));
}

TEST(TaskQuery, IgnoresWhatIsNoColumnOfATask) {
  EXPECT_THAT(parse("foo=bar&deleted=true&message=x&input=y&sort=id:asc").filters, IsEmpty());
}

TEST(TaskQuery, TakesTheLastOfEqualParameters) {
  const model::TaskQuery query = parse("owner=a&owner=b&sort_dir=up&sort_dir=asc&status=x&status=pending");

  EXPECT_TRUE(query.is_ascending);
  EXPECT_THAT(query.filters, ElementsAre(Pair(TaskColumn::status, "pending"), Pair(TaskColumn::owner, "b")));
}

TEST(TaskQuery, AnEmptyFilterIsAFilter) {
  EXPECT_THAT(parse("status=&type=").filters,
              ElementsAre(Pair(TaskColumn::type, ""), Pair(TaskColumn::status, "")));
}

TEST(TaskQuery, SortsByWhatIsTheSameForAllAsByDefault) {
  EXPECT_EQ(parse("sort_key=deleted").sort_key, TaskColumn::created_at);
}

TEST(TaskQuery, RefusesWhatItDoesNotUnderstand) {
  for (const char* query :
       {"limit=x", "limit=-1", "limit=", "marker=", "marker=nothing", "sort_key=", "sort_key=input",
        "sort_dir=", "sort_dir=ASC", "status=done", "type=api_image_import", "type=x"}) {
    try {
      parse(query);
      ADD_FAILURE() << query;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid) << query;
    }
  }
}

}  // namespace
}  // namespace vitrine::api
