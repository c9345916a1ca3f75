#pragma once

#include <atomic>

#include "tests/contract/catalog_contract.h"

/// CatalogContract: the projects that an image is shared with.
namespace vitrine::catalog {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

inline std::vector<std::string> project_ids(const std::vector<model::Member>& members) {
  std::vector<std::string> ids;
  for (const model::Member& member : members) ids.push_back(member.project_id);
  return ids;
}

TEST_P(CatalogContract, AMemberIsFoundAsItWasAdded) {
  add(image("a"));

  const model::Member added = catalog->add_member("a", "p", -1);

  EXPECT_EQ(added.image_id, "a");
  EXPECT_EQ(added.project_id, "p");
  EXPECT_EQ(added.status, model::MemberStatus::pending);
  EXPECT_EQ(added.created_at, clock.now());
  EXPECT_EQ(added.updated_at, clock.now());
  EXPECT_EQ(catalog->find_member("a", "p")->created_at, clock.now());
  EXPECT_FALSE(catalog->find_member("a", "q"));
  EXPECT_FALSE(catalog->find_member("b", "p"));
  EXPECT_THAT(column("SELECT member FROM image_members WHERE deleted = FALSE AND can_share = FALSE"),
              ElementsAre("p"));
}

TEST_P(CatalogContract, MembersAreListedInTheOrderInWhichTheyCame) {
  add(image("a"));
  add(image("b"));
  for (const char* project : {"z", "m", "a"}) catalog->add_member("a", project, -1);
  catalog->add_member("b", "other", -1);

  EXPECT_THAT(project_ids(catalog->members("a")), ElementsAre("z", "m", "a"));
  EXPECT_THAT(catalog->members("nothing"), IsEmpty());
}

TEST_P(CatalogContract, SharingLeavesTheImageItselfAlone) {
  const Timestamp before = add(image("a")).updated_at;
  clock.advance(std::chrono::seconds(1));

  catalog->add_member("a", "p", -1);
  catalog->change_member("a", "p", model::MemberStatus::accepted);
  catalog->remove_member("a", "p");

  EXPECT_EQ(found("a").updated_at, before);
}

TEST_P(CatalogContract, AMembersStatusIsChangedWithItsTime) {
  const Timestamp start = clock.now();
  add(image("a"));
  catalog->add_member("a", "p", -1);
  catalog->add_member("a", "q", -1);
  clock.advance(std::chrono::seconds(1));

  const model::Member changed = catalog->change_member("a", "p", model::MemberStatus::rejected);

  EXPECT_EQ(changed.status, model::MemberStatus::rejected);
  EXPECT_EQ(changed.created_at, start);
  EXPECT_EQ(changed.updated_at, clock.now());
  EXPECT_EQ(catalog->find_member("a", "q")->status, model::MemberStatus::pending);
}

TEST_P(CatalogContract, AMemberIsAddedOnce) {
  add(image("a"));
  catalog->add_member("a", "p", -1);
  catalog->change_member("a", "p", model::MemberStatus::accepted);

  EXPECT_EQ(code_of([&] { catalog->add_member("a", "p", -1); }), ErrorCode::duplicate);

  EXPECT_EQ(catalog->find_member("a", "p")->status, model::MemberStatus::accepted);
}

TEST_P(CatalogContract, AMemberThatComesBackTakesItsOldRowAndIsLiveForPurgeToo) {
  const Timestamp start = clock.now();
  add(image("a"));
  catalog->add_member("a", "p", -1);
  catalog->change_member("a", "p", model::MemberStatus::accepted);
  catalog->remove_member("a", "p");
  ASSERT_THAT(catalog->members("a"), IsEmpty());
  clock.advance(std::chrono::seconds(1));

  const model::Member back = catalog->add_member("a", "p", -1);

  EXPECT_EQ(back.status, model::MemberStatus::pending);
  EXPECT_EQ(back.created_at, start);
  EXPECT_EQ(back.updated_at, clock.now());
  EXPECT_THAT(column("SELECT deleted_at FROM image_members"), ElementsAre("NULL"));
}

TEST_P(CatalogContract, WhoIsNoMemberIsNeitherChangedNorRemoved) {
  add(image("a"));
  catalog->add_member("a", "p", -1);
  catalog->remove_member("a", "p");

  EXPECT_EQ(code_of([&] { catalog->change_member("a", "p", model::MemberStatus::accepted); }),
            ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { catalog->remove_member("a", "p"); }), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { catalog->remove_member("nothing", "p"); }), ErrorCode::not_found);
}

TEST_P(CatalogContract, OnlyLiveImagesGetMembers) {
  add(image("a"));
  catalog->remove("a", [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  EXPECT_EQ(code_of([&] { catalog->add_member("a", "p", -1); }), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { catalog->add_member("nothing", "p", -1); }), ErrorCode::not_found);
  EXPECT_THAT(column("SELECT member FROM image_members"), IsEmpty());
}

TEST_P(CatalogContract, AProjectThatCannotBeStoredIsRefused) {
  add(image("a"));

  for (const std::string& project : {std::string(256, 'p'), std::string("\xF0\x9F\x98\x80"),
                                     std::string("a\0b", 3), std::string("\xFF")}) {
    EXPECT_EQ(code_of([&] { catalog->add_member("a", project, -1); }), ErrorCode::invalid);
  }
  EXPECT_NO_THROW(catalog->add_member("a", std::string(255, 'p'), -1));
}

TEST_P(CatalogContract, TheQuotaOfMembersIsTestedBeforeAnythingElse) {
  add(image("a"));
  EXPECT_EQ(code_of([&] { catalog->add_member("a", "p", 0); }), ErrorCode::limit_exceeded);
  catalog->add_member("a", "p", 1);

  EXPECT_EQ(code_of([&] { catalog->add_member("a", "p", 1); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(code_of([&] { catalog->add_member("a", "q", 1); }), ErrorCode::limit_exceeded);
  catalog->remove_member("a", "p");
  EXPECT_NO_THROW(catalog->add_member("a", "q", 1));
}

TEST_P(CatalogContract, MembersAddedAtTheSameTimeDoNotExceedTheQuota) {
  add(image("a"));
  std::atomic<int> refused{0};
  const auto share = [&](int i) {
    const auto code = code_of([&] { catalog->add_member("a", "p" + std::to_string(i), 5); });
    if (code == ErrorCode::limit_exceeded) ++refused;
  };

  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(share, i);
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(refused, 3);
  EXPECT_EQ(catalog->members("a").size(), 5U);
}

TEST_P(CatalogContract, MembersGoWithTheirImage) {
  add(image("a"));
  catalog->add_member("a", "p", -1);
  catalog->add_member("a", "q", -1);

  catalog->remove("a", [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  EXPECT_THAT(catalog->members("a"), IsEmpty());
  EXPECT_THAT(column("SELECT DISTINCT deleted_at FROM image_members"), ElementsAre(stored(clock.now())));
}

TEST_P(CatalogContract, AMemberThatWasStoredTwiceByOthersIsShownAndRemovedOnce) {
  add(image("a"));
  add(image("b"));
  for (const char* image_id : {"a", "b"}) {
    for (int i = 0; i < 2; ++i) {
      other->execute(
          "INSERT INTO image_members (image_id, member, can_share, status, created_at, deleted) "
          "VALUES (:image_id, 'p', FALSE, 'accepted', '2024-01-01 00:00:00', FALSE)",
          {image_id});
    }
  }
  EXPECT_THAT(project_ids(catalog->members("a")), ElementsAre("p"));

  catalog->remove_member("a", "p");
  catalog->remove("b", [](model::Image& image) { image.status = model::ImageStatus::deleted; });

  EXPECT_FALSE(catalog->find_member("a", "p"));
  EXPECT_FALSE(catalog->find_member("b", "p"));
}

}  // namespace vitrine::catalog
