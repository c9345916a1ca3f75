#include "images/data_readers.h"

#include <gmock/gmock.h>

#include "images/sharing.h"
#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using model::Visibility;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::Operation;

/// Images in a store that keeps lists of readers.
class DataReaders : public House {
 protected:
  Sharing sharing() { return Sharing(resources(), -1); }

  /// An image without data that is shared with one project.
  model::Image shared() {
    const model::Image image = queued();
    sharing().add(admin_, image, "member", {});
    return image;
  }

  void upload(const model::Image& image) {
    const auto upload = images().upload(admin_, image, {}, {});
    upload->write(chunk("content"));
    upload->finish();
  }

  void set_visibility(const model::Image& image, Visibility visibility) {
    images().update(admin_, image.id,
                    [&](model::Image& fresh, LocationEditor&) { fresh.visibility = visibility; }, {});
  }

  model::Member member(const model::Image& image, std::string_view project_id) {
    return sharing().member(admin_, image, project_id);
  }

  stores::BlobReaders readers_of(const model::Image& image) {
    const auto readers = memory_->readers(image.id);
    EXPECT_TRUE(readers) << "the store was told nothing";
    return readers.value_or(stores::BlobReaders{});
  }

  std::vector<std::string> members_of(const model::Image& image) {
    std::vector<std::string> ids;
    for (const model::Member& member : catalog_->members(image.id)) ids.push_back(member.project_id);
    return ids;
  }
};

TEST_F(DataReaders, AreTheMembersWhenTheDataArrives) {
  const model::Image image = shared();

  upload(image);

  EXPECT_FALSE(readers_of(image).is_everybody);
  EXPECT_THAT(readers_of(image).project_ids, ElementsAre("member"));
}

TEST_F(DataReaders, ComeAndGoWithMembership) {
  const model::Image image = shared();
  upload(image);

  sharing().add(admin_, seen(image.id), "other member", {});
  EXPECT_THAT(readers_of(image).project_ids, ElementsAre("member", "other member"));

  sharing().remove(admin_, seen(image.id), member(image, "member"), {});
  EXPECT_THAT(readers_of(image).project_ids, ElementsAre("other member"));
}

TEST_F(DataReaders, AreEverybodyForPublicAndCommunityImages) {
  const model::Image image = shared();
  upload(image);

  for (const Visibility visibility : {Visibility::is_public, Visibility::is_community}) {
    set_visibility(image, visibility);
    EXPECT_TRUE(readers_of(image).is_everybody);
  }
}

TEST_F(DataReaders, AreNobodyForAPrivateImageEvenIfItHasMembers) {
  const model::Image image = shared();
  upload(image);

  set_visibility(image, Visibility::is_private);

  EXPECT_FALSE(readers_of(image).is_everybody);
  EXPECT_THAT(readers_of(image).project_ids, IsEmpty());
}

TEST_F(DataReaders, AProjectThatTheStoreDoesNotLetInIsNoMember) {
  const model::Image image = shared();
  upload(image);
  first_.faults.fail(Operation::let_read, 1);

  EXPECT_EQ(code_of([&] { sharing().add(admin_, seen(image.id), "other member", {}); }),
            ErrorCode::unavailable);

  EXPECT_THAT(members_of(image), ElementsAre("member"));
}

TEST_F(DataReaders, AProjectThatTheStoreStillLetsInStaysAMember) {
  const model::Image image = shared();
  upload(image);
  first_.faults.fail(Operation::let_read, 1);

  EXPECT_EQ(code_of([&] { sharing().remove(admin_, seen(image.id), member(image, "member"), {}); }),
            ErrorCode::unavailable);

  EXPECT_THAT(members_of(image), ElementsAre("member"));
}

TEST_F(DataReaders, AreToldAgainByTheNextChangeWhenTheStoreFailedAtFirst) {
  const model::Image image = shared();
  first_.faults.fail(Operation::let_read, 1);
  upload(image);
  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_FALSE(memory_->readers(image.id));

  images().update(admin_, image.id, [](model::Image& fresh, LocationEditor&) { fresh.name = "new"; }, {});

  EXPECT_THAT(readers_of(image).project_ids, ElementsAre("member"));
}

}  // namespace
}  // namespace vitrine::images
