#include "api/paging.h"

#include <gtest/gtest.h>

namespace vitrine::api {
namespace {

TEST(PageLink, KeepsEverythingButTheMarker) {
  const Parameters parameters = parse_query("limit=2&marker=old&sort=name%3Aasc&tag=a&tag=b+c");

  EXPECT_EQ(page_link("/v2/images", parameters, ""), "/v2/images?limit=2&sort=name%3Aasc&tag=a&tag=b+c");
  EXPECT_EQ(page_link("/v2/images", parameters, "new"),
            "/v2/images?limit=2&sort=name%3Aasc&tag=a&tag=b+c&marker=new");
  EXPECT_EQ(page_link("/v2/tasks", {}, ""), "/v2/tasks");
}

}  // namespace
}  // namespace vitrine::api
