#include "model/member.h"

#include <gtest/gtest.h>

namespace vitrine::model {
namespace {

Image image_of(std::optional<std::string> owner, Visibility visibility) {
  Image image;
  image.owner = std::move(owner);
  image.visibility = visibility;
  return image;
}

const Caller owner{.project_id = "owner"};
const Caller other{.project_id = "other"};
const Caller nobody{};
const Caller admin{.is_admin = true};

TEST(MemberStatus, NamesAreReadBack) {
  for (const char* name : {"pending", "accepted", "rejected"}) {
    EXPECT_EQ(to_string(parse_member_status(name).value()), name);
  }
  EXPECT_FALSE(parse_member_status("Accepted"));
  EXPECT_FALSE(parse_member_status("all"));
}

TEST(ImageAccess, WhoMaySeeWhat) {
  struct Row {
    const char* name;
    Visibility visibility;
    bool owner, member, stranger, nobody;
  };
  for (const Row& row : {
           Row{"private", Visibility::is_private, true, false, false, false},
           Row{"shared", Visibility::is_shared, true, true, false, false},
           Row{"community", Visibility::is_community, true, true, true, true},
           Row{"public", Visibility::is_public, true, true, true, true},
       }) {
    const Image image = image_of("owner", row.visibility);

    EXPECT_EQ(may_see(owner, image, Membership::none), row.owner) << row.name;
    EXPECT_EQ(may_see(other, image, Membership::member), row.member) << row.name;
    EXPECT_EQ(may_see(other, image, Membership::none), row.stranger) << row.name;
    EXPECT_EQ(may_see(nobody, image, Membership::none), row.nobody) << row.name;
    EXPECT_TRUE(may_see(admin, image, Membership::none)) << row.name;
    EXPECT_TRUE(may_see(nobody, image_of({}, row.visibility), Membership::none)) << "no owner, " << row.name;
  }
}

TEST(ImageAccess, OnlyOwnersAndAdministratorsChangeAnImage) {
  const Image image = image_of("owner", Visibility::is_public);

  EXPECT_TRUE(may_change(owner, image));
  EXPECT_TRUE(may_change(admin, image));
  EXPECT_FALSE(may_change(other, image));
  EXPECT_FALSE(may_change(nobody, image));
}

TEST(ImageAccess, AnImageWithoutAnOwnerBelongsToNobody) {
  const Image image = image_of({}, Visibility::is_shared);

  EXPECT_FALSE(may_change(nobody, image));
  EXPECT_FALSE(may_change(other, image));
  EXPECT_TRUE(may_change(admin, image));
}

}  // namespace
}  // namespace vitrine::model
