#include <gmock/gmock.h>

#include "tests/support/house.h"

/// Images: small changes to an image.
namespace vitrine::images {
namespace {

using model::ImageStatus;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class ImageChanges : public House {
 protected:
  std::vector<std::string> tags_of(std::string_view image_id) { return catalog_->find(image_id)->tags; }

  void set_status(std::string_view image_id, ImageStatus status) {
    catalog_->change(image_id, [&](model::Image& image) { image.status = status; });
  }
};

TEST_F(ImageChanges, ATagIsAddedOnce) {
  const model::Image image = queued();

  images().add_tag(image.id, "a");
  images().add_tag(image.id, "a");
  images().add_tag(image.id, "b");

  EXPECT_THAT(tags_of(image.id), UnorderedElementsAre("a", "b"));
}

TEST_F(ImageChanges, ATagIsRemovedOnce) {
  const model::Image image = queued();
  images().add_tag(image.id, "a");
  images().add_tag(image.id, "b");

  images().remove_tag(image.id, "a");

  EXPECT_THAT(tags_of(image.id), ElementsAre("b"));
  EXPECT_EQ(code_of([&] { images().remove_tag(image.id, "a"); }), ErrorCode::not_found);
}

TEST_F(ImageChanges, ATagThatGlanceMisreadIsRemovedByItsRightNameUnlessThatIsThereToo) {
  const model::Image image = queued();
  for (const char* tag : {"Ã©", "é"}) images().add_tag(image.id, tag);

  images().remove_tag(image.id, "é");
  EXPECT_THAT(tags_of(image.id), ElementsAre("Ã©"));
  images().remove_tag(image.id, "é");

  EXPECT_TRUE(tags_of(image.id).empty());
}

TEST_F(ImageChanges, TheQuotaOfTagsCountsTheTagThatComes) {
  limits_.tags = 1;
  const model::Image image = queued();
  images().add_tag(image.id, "a");

  EXPECT_EQ(code_of([&] { images().add_tag(image.id, "b"); }), ErrorCode::limit_exceeded);
  EXPECT_THAT(tags_of(image.id), ElementsAre("a"));

  EXPECT_NO_THROW(images().add_tag(image.id, "a"));
  limits_.tags = 0;
  EXPECT_EQ(code_of([&] { images().add_tag(image.id, "a"); }), ErrorCode::limit_exceeded);
}

TEST_F(ImageChanges, ATagThatCannotBeStoredChangesNothing) {
  const model::Image image = queued();

  EXPECT_EQ(code_of([&] { images().add_tag(image.id, "\xF0\x9F\x98\x80"); }), ErrorCode::invalid);
  EXPECT_EQ(code_of([&] { images().add_tag(image.id, std::string(256, 't')); }), ErrorCode::invalid);

  EXPECT_TRUE(tags_of(image.id).empty());
}

TEST_F(ImageChanges, AnActiveImageIsDeactivatedAndReactivated) {
  const model::Image image = active("12345");

  images().deactivate(image.id);
  EXPECT_EQ(status_of(image.id), "deactivated");
  images().reactivate(image.id);

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(catalog_->find(image.id)->size, 5u);
  EXPECT_EQ(memory_->content(image.id), "12345");
}

TEST_F(ImageChanges, WhatIsDeactivatedOrActiveAlreadyStaysAsItIs) {
  const model::Image image = active("12345");
  images().reactivate(image.id);
  images().deactivate(image.id);
  const Timestamp changed_at = catalog_->find(image.id)->updated_at;
  clock_.advance(std::chrono::seconds{1});

  images().deactivate(image.id);

  EXPECT_EQ(status_of(image.id), "deactivated");
  EXPECT_EQ(catalog_->find(image.id)->updated_at, changed_at);
}

TEST_F(ImageChanges, NoOtherStatusIsLeftThatWay) {
  const model::Image image = queued();

  for (const auto status : {ImageStatus::queued, ImageStatus::saving, ImageStatus::uploading,
                            ImageStatus::importing, ImageStatus::killed}) {
    set_status(image.id, status);
    EXPECT_EQ(code_of([&] { images().deactivate(image.id); }), ErrorCode::forbidden);
    EXPECT_EQ(code_of([&] { images().reactivate(image.id); }), ErrorCode::forbidden);
    EXPECT_EQ(catalog_->find(image.id)->status, status);
  }
}

TEST_F(ImageChanges, AnImageIsDeletedInEveryStatus) {
  for (const auto status : {ImageStatus::queued, ImageStatus::saving, ImageStatus::uploading,
                            ImageStatus::importing, ImageStatus::deactivated, ImageStatus::killed}) {
    const model::Image image = active("12345");
    set_status(image.id, status);

    images().remove(admin_, image, {});

    expect_no_trace_of(image, "deleted");
  }
}

TEST_F(ImageChanges, TheDataOfADeactivatedImageGoesWithIt) {
  const model::Image image = active("12345");
  images().deactivate(image.id);

  images().remove(admin_, image, {});

  expect_no_trace_of(image, "deleted");
}

}  // namespace
}  // namespace vitrine::images
