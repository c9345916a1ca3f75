#include "stores/drivers/swift/swift_location.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

TEST(SwiftLocation, IsReadAndWrittenAlike) {
  for (const std::string uri :
       {"swift+config://ref1/glance/id", "swift+https://storage:8080/v1/AUTH_project/glance_id/id",
        "swift+http://project%3Auser:key@keystone:5000/v3/glance/id",
        "swift+https://project%3Auser:k%2Be%40y/%25@[::1]:5000/v3/glance/a b%20+?#@:c",
        "swift://project%3Auser:key@keystone/glance/id"}) {
    EXPECT_EQ(to_uri(parse_swift_location(uri)), uri);
  }
}

TEST(SwiftLocation, TellsItsPartsApart) {
  const SwiftLocation location =
      parse_swift_location("swift+http://project%3Auser:k%3Ae/y@keystone:5000/v3/glance/id");

  ASSERT_TRUE(location.keys);
  EXPECT_EQ(location.keys->user, "project:user");
  EXPECT_EQ(location.keys->key, "k:e/y");
  EXPECT_EQ(location.web_address(), "http://keystone:5000/v3");
  EXPECT_EQ(location.container, "glance");
  EXPECT_EQ(location.object, "id");
}

TEST(SwiftLocation, TakesAUserWhoseColonIsNotEncoded) {
  const SwiftLocation location = parse_swift_location("swift://project:user:key@keystone/v3/glance/id");

  ASSERT_TRUE(location.keys);
  EXPECT_EQ(location.keys->user, "project:user");
  EXPECT_EQ(location.keys->key, "key");
  EXPECT_EQ(location.web_address(), "https://keystone/v3");
}

TEST(SwiftLocation, RefusesWhatIsNoneAndRepeatsNothingOfIt) {
  for (const std::string uri :
       {"", "swift", "swift://", "swift://host", "swift://host/container", "swift://host/container/",
        "swift://host//id", "s3://host/container/id", "swift+ftp://host/container/id",
        "swift://secret@host/container/id", "swift://:secret@host/container/id",
        "swift://user:@host/container/id", "swift://user:secret%zz@host/container/id",
        "swift://user:secret@http://host/container/id", "swift+config:///container/id"}) {
    try {
      parse_swift_location(uri);
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid);
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
    }
  }
}

class NewSwiftLocationTest : public ::testing::Test {
 protected:
  NewSwiftLocationTest() {
    settings_.reference = "ref1";
    settings_.accounts["ref1"] = {
        .auth_address = "http://keystone:5000/v3/", .user = "project:user", .key = "k@y/"};
  }

  SwiftSettings settings_;
};

TEST_F(NewSwiftLocationTest, HoldsTheKeysAsGlanceWritesThem) {
  EXPECT_EQ(to_uri(new_swift_location(settings_, "id")),
            "swift+http://project%3Auser:k%40y/@keystone:5000/v3/glance/id");

  settings_.accounts["ref1"].auth_address = "keystone/v3";
  EXPECT_EQ(to_uri(new_swift_location(settings_, "id")),
            "swift+https://project%3Auser:k%40y/@keystone/v3/glance/id");
}

TEST_F(NewSwiftLocationTest, NamesTheReferenceWhereThereIsAnAccountFile) {
  settings_.has_account_file = true;

  EXPECT_EQ(to_uri(new_swift_location(settings_, "id")), "swift+config://ref1/glance/id");
}

TEST_F(NewSwiftLocationTest, HoldsNoKeysOfAnApplicationCredential) {
  settings_.accounts["ref1"].credential_id = "credential";

  EXPECT_EQ(to_uri(new_swift_location(settings_, "id")), "swift+http://keystone:5000/v3/glance/id");
}

TEST_F(NewSwiftLocationTest, SpreadsBlobsOverContainersByTheirNames) {
  const std::string id = "FDAE39A1-bacd-4000-8000-000000000000";
  const auto container_with = [&](std::size_t seed) {
    settings_.seed = seed;
    return new_swift_location(settings_, id).container;
  };

  EXPECT_EQ(container_with(0), "glance");
  EXPECT_EQ(container_with(1), "glance_f");
  EXPECT_EQ(container_with(8), "glance_fdae39a1");
  EXPECT_EQ(container_with(10), "glance_fdae39a1-ba");
  EXPECT_EQ(container_with(32), "glance_fdae39a1-bacd-4000-8000-000000000000");
}

}  // namespace
}  // namespace vitrine::stores
