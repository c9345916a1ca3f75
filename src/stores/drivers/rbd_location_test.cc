#include "stores/drivers/rbd_location.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

TEST(RbdLocation, HasFourParts) {
  const RbdLocation location = parse_rbd_location({"rbd://f%2Fs/images/a%20b%25/snap", {}});

  EXPECT_EQ(location.fsid, "f/s");
  EXPECT_EQ(location.pool, "images");
  EXPECT_EQ(location.image, "a b%");
  EXPECT_EQ(location.snapshot, "snap");
}

TEST(RbdLocation, MayBeAnImageAlone) {
  const RbdLocation location = parse_rbd_location({"rbd://71c675ab", {}});

  EXPECT_EQ(location.image, "71c675ab");
  EXPECT_EQ(location.pool, "");
  EXPECT_EQ(location.snapshot, "");
}

TEST(RbdLocation, IsRefusedInAnyOtherForm) {
  for (const std::string uri :
       {"rbd:/a", "rbd://", "rbd://a/b", "rbd://a/b/c", "rbd://a/b/c/d/e", "rbd://a//c/d", "rbd://a/b/c/",
        "rbd://\xC3\xA4", "rbd://a%00b", "rbd://a%2", "rbd", "file:///a/b/c/d"}) {
    try {
      parse_rbd_location({uri, {}});
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid) << uri;
    }
  }
}

// As Python writes it: f"rbd://{quote(fsid, '')}/…"
TEST(RbdLocation, IsWrittenWithEverythingEscaped) {
  EXPECT_EQ(to_uri({.fsid = "f", .pool = "a/b", .image = "ä b+~.c", .snapshot = "snap"}),
            "rbd://f/a%2Fb/%C3%A4%20b%2B~.c/snap");
}

}  // namespace
}  // namespace vitrine::stores
