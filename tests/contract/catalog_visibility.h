#pragma once

#include "tests/contract/catalog_contract.h"

/// CatalogContract: who finds which images in a list.
namespace vitrine::catalog {

using model::MemberStatus;
using model::Visibility;
using testing::UnorderedElementsAreArray;

using Names = std::vector<std::string>;

struct OwnedImage {
  const char* id;
  std::optional<std::string> owner;
  Visibility visibility;
  const char* member = nullptr;
  const char* member_status = "accepted";
};

inline std::vector<OwnedImage> everybodys_images() {
  return {
      {"my public", "mine", Visibility::is_public},
      {"my community", "mine", Visibility::is_community},
      {"my shared", "mine", Visibility::is_shared},
      {"my private", "mine", Visibility::is_private},
      {"their public", "theirs", Visibility::is_public},
      {"their community", "theirs", Visibility::is_community},
      {"their shared", "theirs", Visibility::is_shared},
      {"their private", "theirs", Visibility::is_private},
      {"nobody's public", {}, Visibility::is_public},
      {"nobody's community", {}, Visibility::is_community},
      {"nobody's shared", {}, Visibility::is_shared},
      {"nobody's private", {}, Visibility::is_private},
      {"pending", "theirs", Visibility::is_shared, "mine", "pending"},
      {"accepted", "theirs", Visibility::is_shared, "mine", "accepted"},
      {"rejected", "theirs", Visibility::is_shared, "mine", "rejected"},
      {"nobody's accepted", {}, Visibility::is_shared, "mine", "accepted"},
      {"shared with a third", "theirs", Visibility::is_shared, "third", "accepted"},
      {"private with a member", "theirs", Visibility::is_private, "mine", "accepted"},
      {"my own as a member", "mine", Visibility::is_shared, "mine", "accepted"},
      {"my public as a member", "mine", Visibility::is_public, "mine", "accepted"},
  };
}

inline Names operator+(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

struct Sight {
  std::string_view viewer;
  model::ImageQuery query;
  Names found;
};

inline std::vector<Sight> sights() {
  const model::Caller member{.project_id = "mine"};
  const model::Caller third{.project_id = "third"};
  const model::Caller nobody{};
  const model::Caller admin{.is_admin = true};
  const model::Caller admin_of_mine{.project_id = "mine", .is_admin = true};
  const Names all_public{"my public", "their public", "nobody's public", "my public as a member"};
  const Names all_community{"my community", "their community", "nobody's community"};
  const Names my_shared{"my shared", "my own as a member"};
  const Names all_private{"my private", "their private", "nobody's private", "private with a member"};
  const Names all_shared =
      my_shared + Names{"their shared",      "nobody's shared",    "pending", "accepted", "rejected",
                        "nobody's accepted", "shared with a third"};
  const Names accepted{"accepted", "nobody's accepted"};
  const Names mine = all_public + my_shared + Names{"my community", "my private"};
  const Names others_community{"their community", "nobody's community"};
  constexpr std::optional<MemberStatus> any;
  return {
      {"a project", {.viewer = member}, mine + accepted},
      {"a project", {.viewer = member, .member_status = MemberStatus::pending}, mine + Names{"pending"}},
      {"a project", {.viewer = member, .member_status = MemberStatus::rejected}, mine + Names{"rejected"}},
      {"a project", {.viewer = member, .member_status = any}, mine + accepted + Names{"pending", "rejected"}},
      {"a project", {.viewer = member, .with_community = true}, mine + accepted + others_community},
      {"a project", {.viewer = member, .visibility = Visibility::is_public}, all_public},
      {"a project", {.viewer = member, .visibility = Visibility::is_community}, all_community},
      {"a project", {.viewer = member, .visibility = Visibility::is_shared}, my_shared + accepted},
      {"a project",
       {.viewer = member, .visibility = Visibility::is_shared, .member_status = any},
       my_shared + accepted + Names{"pending", "rejected"}},
      {"a project", {.viewer = member, .visibility = Visibility::is_private}, {"my private"}},
      {"a third project", {.viewer = third}, all_public + Names{"shared with a third"}},
      {"nobody", {.viewer = nobody}, all_public},
      {"nobody", {.viewer = nobody, .with_community = true}, all_public + all_community},
      {"nobody", {.viewer = nobody, .visibility = Visibility::is_public}, all_public},
      {"nobody", {.viewer = nobody, .visibility = Visibility::is_community}, all_community},
      {"nobody", {.viewer = nobody, .visibility = Visibility::is_shared, .member_status = any}, {}},
      {"nobody", {.viewer = nobody, .visibility = Visibility::is_private}, {}},
      {"an administrator", {.viewer = admin}, all_public + all_shared + all_private},
      {"an administrator",
       {.viewer = admin, .with_community = true},
       all_public + all_shared + all_private + all_community},
      {"an administrator", {.viewer = admin, .visibility = Visibility::is_public}, all_public},
      {"an administrator", {.viewer = admin, .visibility = Visibility::is_community}, all_community},
      {"an administrator", {.viewer = admin, .visibility = Visibility::is_shared}, all_shared},
      {"an administrator",
       {.viewer = admin, .visibility = Visibility::is_shared, .member_status = MemberStatus::pending},
       all_shared},
      {"an administrator", {.viewer = admin, .visibility = Visibility::is_private}, all_private},
      {"an administrator of a project",
       {.viewer = admin_of_mine},
       all_public + all_shared + all_private + Names{"my community"}},
      {"an administrator of a project",
       {.viewer = admin_of_mine, .visibility = Visibility::is_community},
       all_community},
  };
}

inline std::string description(const Sight& sight) {
  return std::string(sight.viewer) + ", visibility " +
         (sight.query.visibility ? std::string(to_string(*sight.query.visibility)) : "any") +
         (sight.query.with_community ? " with community" : "") + ", member status " +
         (sight.query.member_status ? std::string(to_string(*sight.query.member_status)) : "any");
}

/// Each way to look at a list goes through other conditions, so whoever looks must find the same in all.
TEST_P(CatalogContract, WhoFindsWhatWhateverTheFilters) {
  for (const OwnedImage& owned : everybodys_images()) {
    model::Image made = image(owned.id, "name");
    made.owner = owned.owner;
    made.visibility = owned.visibility;
    made.tags = {"tag"};
    add(made);
    if (owned.member) share(owned.id, owned.member, owned.member_status);
  }

  for (Sight sight : sights()) {
    SCOPED_TRACE(description(sight));
    sight.query.limit = 100;
    EXPECT_THAT(ids_for_viewer(sight.query), UnorderedElementsAreArray(sight.found));
    EXPECT_THAT(ids_by_pages(sight.query), UnorderedElementsAreArray(sight.found));
    model::ImageQuery by_name = sight.query;
    by_name.texts = {{model::TextColumn::name, {"name"}}};
    EXPECT_THAT(ids_by_pages(by_name), UnorderedElementsAreArray(sight.found));
    model::ImageQuery by_tag = sight.query;
    by_tag.tags = {"tag"};
    EXPECT_THAT(ids_by_pages(by_tag), UnorderedElementsAreArray(sight.found));
  }
}

TEST_P(CatalogContract, AFilterForTheOwnerFindsNoMoreThanTheViewerMaySee) {
  for (const OwnedImage& owned : everybodys_images()) {
    model::Image made = image(owned.id);
    made.owner = owned.owner;
    made.visibility = owned.visibility;
    add(made);
    if (owned.member) share(owned.id, owned.member, owned.member_status);
  }
  const auto owned_by = [](const char* owner, const model::Caller& viewer) {
    return model::ImageQuery{.viewer = viewer, .texts = {{model::TextColumn::owner, {owner}}}};
  };

  EXPECT_THAT(ids_by_pages(owned_by("theirs", {.project_id = "mine"})),
              UnorderedElementsAreArray({"their public", "accepted"}));
  EXPECT_THAT(ids_by_pages(owned_by("theirs", {})), ElementsAre("their public"));
  EXPECT_THAT(
      ids_by_pages(owned_by("theirs", {.is_admin = true})),
      UnorderedElementsAreArray({"their public", "their shared", "their private", "pending", "accepted",
                                 "rejected", "shared with a third", "private with a member"}));
}

TEST_P(CatalogContract, WhoIsNoLongerAMemberFindsNothing) {
  model::Image made = image("a");
  made.owner = "theirs";
  add(made);
  share("a", "mine", "accepted");
  const model::ImageQuery query{.viewer = {.project_id = "mine"}, .member_status = std::nullopt};
  ASSERT_THAT(ids_for_viewer(query), ElementsAre("a"));

  catalog->remove_member("a", "mine");

  EXPECT_THAT(ids_for_viewer(query), IsEmpty());
}

TEST_P(CatalogContract, AnImageThatOthersSharedTwiceIsFoundOnce) {
  model::Image made = image("a");
  made.owner = "theirs";
  add(made);
  share("a", "mine", "accepted");
  share("a", "mine", "pending");

  EXPECT_THAT(ids_for_viewer({.viewer = {.project_id = "mine"}, .member_status = std::nullopt}),
              ElementsAre("a"));

  catalog->remove_member("a", "mine");
}

TEST_P(CatalogContract, AMarkerMustBeVisible) {
  for (const OwnedImage& owned : everybodys_images()) {
    model::Image made = image(owned.id);
    made.owner = owned.owner;
    made.visibility = owned.visibility;
    add(made);
    if (owned.member) share(owned.id, owned.member, owned.member_status);
  }
  const auto error_at = [&](const char* marker, const model::Caller& viewer) {
    return code_of([&] { ids_for_viewer({.marker = marker, .viewer = viewer}); });
  };

  for (const char* marker : {"their private", "their shared", "private with a member"}) {
    EXPECT_EQ(error_at(marker, {.project_id = "mine"}), ErrorCode::forbidden) << marker;
    EXPECT_EQ(error_at(marker, {}), ErrorCode::forbidden) << marker;
    EXPECT_EQ(error_at(marker, {.is_admin = true}), std::nullopt) << marker;
  }
  // What can be seen by its id may mark a page, although it is in no list.
  for (const char* marker : {"my private", "pending", "rejected", "their community", "nobody's private"}) {
    EXPECT_EQ(error_at(marker, {.project_id = "mine"}), std::nullopt) << marker;
  }
}

}  // namespace vitrine::catalog
