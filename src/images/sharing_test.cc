#include "images/sharing.h"

#include <gmock/gmock.h>

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using model::MemberStatus;
using testing::ElementsAre;
using testing::IsEmpty;

/// An image of `owner_` that is shared with two projects, one of them `member_`.
class SharingUse : public House {
 protected:
  SharingUse() {
    image_id_ = images_.create(admin_, {.owner = "owner"}).id;
    sharing().add(owner_, image(), "member", {});
    sharing().add(owner_, image(), "other member", {});
  }

  Sharing sharing() { return Sharing(resources(), quota_); }

  model::Image image() { return *catalog_->find(image_id_); }

  model::Member member(const model::Caller& caller, std::string_view project_id) {
    return sharing().member(caller, image(), project_id);
  }

  std::vector<std::string> seen_by(const model::Caller& caller) {
    std::vector<std::string> ids;
    for (const model::Member& member : sharing().members(caller, image())) ids.push_back(member.project_id);
    return ids;
  }

  ErrorCode code_of_adding(std::string_view project_id) {
    return code_of([&] { sharing().add(owner_, image(), project_id, {}); });
  }

  ErrorCode code_of_answer(const model::Caller& caller, std::string_view project_id,
                           std::string_view status = "accepted") {
    return code_of([&] { sharing().set_status(member(caller, project_id), status); });
  }

  ErrorCode code_of_removing(std::string_view project_id) {
    return code_of([&] { sharing().remove(owner_, image(), member(owner_, project_id), {}); });
  }

  void set_visibility(model::Visibility visibility) {
    catalog_->change(image_id_, [&](model::Image& image) { image.visibility = visibility; });
  }

  void expect_unchanged() {
    EXPECT_THAT(seen_by(admin_), ElementsAre("member", "other member"));
    for (const model::Member& member : catalog_->members(image_id_)) {
      EXPECT_EQ(member.status, MemberStatus::pending) << member.project_id;
    }
  }

  std::int64_t quota_ = -1;
  Images images_ = images();
  model::Caller owner_{.project_id = "owner"};
  model::Caller member_{.project_id = "member"};
  model::Caller stranger_{.project_id = "stranger"};
  std::string image_id_;
};

TEST_F(SharingUse, OwnerAndAdministratorSeeAllMembersAndAMemberItself) {
  EXPECT_THAT(seen_by(owner_), ElementsAre("member", "other member"));
  EXPECT_THAT(seen_by(admin_), ElementsAre("member", "other member"));
  EXPECT_THAT(seen_by(member_), ElementsAre("member"));
  EXPECT_THAT(seen_by(stranger_), IsEmpty());
}

TEST_F(SharingUse, AMemberIsShownToThoseWhoSeeItInTheList) {
  EXPECT_EQ(sharing().member(owner_, image(), "member").project_id, "member");
  EXPECT_EQ(sharing().member(admin_, image(), "member").project_id, "member");
  EXPECT_EQ(sharing().member(member_, image(), "member").project_id, "member");
  const auto code = [&](const model::Caller& caller, std::string_view project_id) {
    return code_of([&] { sharing().member(caller, image(), project_id); });
  };
  EXPECT_EQ(code(member_, "other member"), ErrorCode::not_found);
  EXPECT_EQ(code(owner_, "nobody"), ErrorCode::not_found);
  EXPECT_EQ(code(stranger_, "member"), ErrorCode::not_found);
}

TEST_F(SharingUse, AMemberSeesTheImageWhateverItSaysToIt) {
  for (const char* status : {"pending", "accepted", "rejected"}) {
    sharing().set_status(member(member_, "member"), status);
    EXPECT_NO_THROW(images_.visible(member_, image_id_)) << status;
  }
  EXPECT_EQ(code_of([&] { images_.visible(stranger_, image_id_); }), ErrorCode::not_found);
}

TEST_F(SharingUse, AProjectThatIsAddedHasNotAnsweredYet) {
  EXPECT_EQ(sharing().add(owner_, image(), "new", {}).status, MemberStatus::pending);
}

TEST_F(SharingUse, WhereOwnershipDecidesTheOwnerSharesAndOthersAnswer) {
  EXPECT_NO_THROW(require_may_share(owner_, image()));
  EXPECT_NO_THROW(require_may_share(admin_, image()));
  EXPECT_EQ(code_of([&] { require_may_share(member_, image()); }), ErrorCode::forbidden);
  EXPECT_NO_THROW(require_may_answer(member_, image()));
  EXPECT_NO_THROW(require_may_answer(admin_, image()));
  EXPECT_EQ(code_of([&] { require_may_answer(owner_, image()); }), ErrorCode::forbidden);
}

TEST_F(SharingUse, AMemberIsAddedOnce) {
  EXPECT_EQ(code_of_adding("member"), ErrorCode::duplicate);
}

TEST_F(SharingUse, TheQuotaBoundsMembers) {
  quota_ = 2;
  EXPECT_EQ(code_of_adding("new"), ErrorCode::limit_exceeded);
  expect_unchanged();

  sharing().remove(owner_, image(), member(owner_, "member"), {});
  EXPECT_NO_THROW(sharing().add(owner_, image(), "new", {}));
}

TEST_F(SharingUse, AMemberAnswersForItself) {
  EXPECT_EQ(sharing().set_status(member(member_, "member"), "accepted").status, MemberStatus::accepted);
  EXPECT_EQ(sharing().set_status(member(admin_, "member"), "rejected").status, MemberStatus::rejected);
}

TEST_F(SharingUse, NobodyAnswersForAnother) {
  EXPECT_EQ(code_of_answer(member_, "other member"), ErrorCode::not_found);
  EXPECT_EQ(code_of_answer(stranger_, "member"), ErrorCode::not_found);
  EXPECT_EQ(code_of_answer(admin_, "nobody"), ErrorCode::not_found);
  expect_unchanged();
}

TEST_F(SharingUse, AnAnswerIsOneOfThree) {
  EXPECT_EQ(code_of_answer(member_, "member", "maybe"), ErrorCode::invalid);
  expect_unchanged();
}

TEST_F(SharingUse, AProjectThatIsTakenOutDoesNotSeeTheImageAnyMore) {
  EXPECT_EQ(code_of_removing("nobody"), ErrorCode::not_found);
  expect_unchanged();

  sharing().remove(owner_, image(), member(owner_, "member"), {});

  EXPECT_THAT(seen_by(owner_), ElementsAre("other member"));
  EXPECT_EQ(code_of([&] { images_.visible(member_, image_id_); }), ErrorCode::not_found);
}

TEST_F(SharingUse, OnlySharedImagesHaveMembers) {
  for (const auto visibility :
       {model::Visibility::is_private, model::Visibility::is_public, model::Visibility::is_community}) {
    set_visibility(visibility);
    EXPECT_EQ(code_of([&] { require_shared(image()); }), ErrorCode::forbidden);
  }
}

TEST_F(SharingUse, MembersOutliveATimeInWhichTheImageIsNotShared) {
  set_visibility(model::Visibility::is_private);
  EXPECT_EQ(code_of([&] { images_.visible(member_, image_id_); }), ErrorCode::not_found);

  set_visibility(model::Visibility::is_shared);

  EXPECT_NO_THROW(require_shared(image()));
  expect_unchanged();
}

TEST_F(SharingUse, WhereOwnershipDecidesAnImageWithoutAnOwnerIsSharedByAdministratorsOnly) {
  catalog_->change(image_id_, [](model::Image& image) { image.owner.reset(); });

  EXPECT_THAT(seen_by(stranger_), IsEmpty());
  EXPECT_EQ(code_of([&] { require_may_share(stranger_, image()); }), ErrorCode::forbidden);
  EXPECT_NO_THROW(require_may_share(admin_, image()));
}

TEST_F(SharingUse, MembersGoWithTheImage) {
  images_.remove(admin_, image(), {});

  EXPECT_THAT(catalog_->members(image_id_), IsEmpty());
}

}  // namespace
}  // namespace vitrine::images
