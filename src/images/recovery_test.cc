#include "images/recovery.h"

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using tests::Operation;

class Recovery : public House {
 protected:
  /// An image in the state in which a process that died in mid-upload leaves it.
  model::Image cut_off_upload() {
    const model::Image image = queued();
    catalog_->change(image.id,
                     [](model::Image& fresh) { model::change_status(fresh, model::ImageStatus::saving); });
    uploads_.add({.transfer_id = "t1", .image_id = image.id, .store_id = "memory", .blob_name = image.id});
    return image;
  }
};

TEST_F(Recovery, MakesACutOffUploadPossibleAgain) {
  const model::Image image = cut_off_upload();
  memory_->put(image.id, "part");

  recover(resources());

  expect_no_trace_of(image, "queued");
}

TEST_F(Recovery, KeepsAnUploadThatWasFinishedButForItsLine) {
  const model::Image image = active("12345");
  uploads_.add({.transfer_id = "t1", .image_id = image.id, .store_id = "memory", .blob_name = image.id});

  recover(resources());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(memory_->content(image.id), "12345");
  EXPECT_TRUE(uploads_.entries().empty());
}

TEST_F(Recovery, RemovesDataThatBecameNobodysWhenItsImageWasDeleted) {
  const model::Image image = cut_off_upload();
  memory_->put(image.id, "12345");
  catalog_->remove(image.id,
                   [](model::Image& fresh) { model::change_status(fresh, model::ImageStatus::deleted); });

  recover(resources());

  expect_no_trace_of(image, "deleted");
}

TEST_F(Recovery, FinishesADeletionThatHadTakenTheData) {
  const model::Image image = active("12345");
  removals_.add({.transfer_id = "t2", .image_id = image.id, .store_id = "", .blob_name = image.id});
  memory_->discard({}, {image.id});

  recover(resources());

  expect_no_trace_of(image, "deleted");
}

TEST_F(Recovery, TriesAgainAtTheNextStartWhatAStoreThatIsDownPrevents) {
  const model::Image image = cut_off_upload();
  faults_.fail(Operation::discard, 1);

  recover(resources());
  EXPECT_EQ(uploads_.entries().size(), 1u);
  EXPECT_EQ(status_of(image.id), "saving");

  recover(resources());
  expect_no_trace_of(image, "queued");
}

TEST_F(Recovery, GivesUpADeletionThatWouldNotBeAllowedAnyMore) {
  const model::Image image = active("12345");
  images().update(admin_, image.id, [](model::Image& fresh) { fresh.is_protected = true; });
  removals_.add({.transfer_id = "t2", .image_id = image.id, .store_id = "", .blob_name = image.id});

  recover(resources());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_TRUE(removals_.entries().empty());
}

}  // namespace
}  // namespace vitrine::images
