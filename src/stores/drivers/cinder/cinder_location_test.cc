#include "stores/drivers/cinder/cinder_location.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

constexpr const char* volume = "7a6d7b1c-0f5e-4f5e-8a68-1c9f0a3b5c7d";

TEST(CinderLocation, IsWrittenAndReadWithAStoreAndWithout) {
  for (const std::string store : {"", "slow"}) {
    const std::string uri = to_uri(CinderLocation{.store_id = store, .volume_id = volume});

    EXPECT_EQ(uri,
              store.empty() ? std::string("cinder://") + volume : std::string("cinder://slow/") + volume);
    EXPECT_EQ(parse_cinder_location(uri).store_id, store);
    EXPECT_EQ(parse_cinder_location(uri).volume_id, volume);
  }
}

TEST(CinderLocation, IsNothingElse) {
  for (const std::string& uri : {std::string("rbd://") + volume, std::string("cinder://"),
                                 std::string("cinder://x/y"), std::string("cinder://") + volume + "/"}) {
    EXPECT_THROW(parse_cinder_location(uri), Error) << uri;
  }
}

TEST(CinderEndpoint, NamesTheProject) {
  EXPECT_EQ(endpoint_of("http://h/v3/%(project_id)s", "p"), "http://h/v3/p");
  EXPECT_EQ(endpoint_of("http://h/%(tenant)s/%(tenant)s", "p"), "http://h/p/p");
  EXPECT_EQ(endpoint_of("http://h/v3", "p"), "http://h/v3");
}

}  // namespace
}  // namespace vitrine::stores
