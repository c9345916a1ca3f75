#include "images/recovery.h"

#include <functional>
#include <future>
#include <thread>

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

TEST_F(Recovery, SettlesWhatThisProcessAbandonedAndNothingElse) {
  const model::Image image = cut_off_upload();
  memory_->put(image.id, "part");

  settle_abandoned(resources());
  EXPECT_EQ(status_of(image.id), "saving") << "somebody may work on it";

  uploads_.abandon("t1");
  faults_.fail(Operation::discard, 1);
  settle_abandoned(resources());
  EXPECT_EQ(status_of(image.id), "saving") << "the store was down";

  settle_abandoned(resources());
  expect_no_trace_of(image, "queued");
  EXPECT_TRUE(uploads_.abandoned().empty());
}

TEST_F(Recovery, KeepsAnAbandonedUploadWhoseLastStepWasMadeAllTheSame) {
  const model::Image image = active("12345");
  uploads_.add({.transfer_id = "t1", .image_id = image.id, .store_id = "memory", .blob_name = image.id});
  uploads_.abandon("t1");

  settle_abandoned(resources());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(memory_->content(image.id), "12345");
  EXPECT_TRUE(uploads_.entries().empty());
}

TEST_F(Recovery, GivesUpADeletionThatWouldNotBeAllowedAnyMore) {
  const model::Image image = active("12345");
  images().update(admin_, image.id, [](model::Image& fresh, auto&) { fresh.is_protected = true; }, {});
  removals_.add({.transfer_id = "t2", .image_id = image.id, .store_id = "", .blob_name = image.id});

  recover(resources());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_TRUE(removals_.entries().empty());
}

class RecoveryOfCopies : public House {
 protected:
  RecoveryOfCopies() : House(stores::StoreMode::several) {}

  /// `row`: 0 as in a line that an older version wrote.
  void add_line(const model::Image& image, std::int64_t row = 0) {
    removals_.add({.transfer_id = "t3",
                   .image_id = image.id,
                   .store_id = "memory",
                   .blob_name = image.id,
                   .location_row = row});
  }

  void take_out_first_location(const model::Image& image) {
    catalog_->change(image.id, [](model::Image& fresh) { fresh.locations.erase(fresh.locations.begin()); });
  }
};

TEST_F(RecoveryOfCopies, RemovesDataWhoseRowIsGone) {
  const model::Image image = with_two_copies("12345");
  add_line(image);
  take_out_first_location(image);

  recover(resources());

  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_TRUE(second_.memory->content(image.id));
  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(RecoveryOfCopies, RemovesWhatTheRowNamedThoughTheStoreHasMoreOfTheImage) {
  const model::Image image = active("12345");
  const model::Image both = with_location(image.id, memory_->put("another name", "12345"));
  add_line(image, both.locations[1].id);
  catalog_->change(image.id, [](model::Image& fresh) { fresh.locations.pop_back(); });

  recover(resources());

  EXPECT_FALSE(memory_->content("another name"));
  EXPECT_TRUE(memory_->content(image.id));
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(RecoveryOfCopies, KeepsWhatTheRowStillNames) {
  const model::Image image = active("12345");
  const model::Image both = with_location(image.id, memory_->put("another name", "12345"));
  add_line(image, both.locations[1].id);

  recover(resources());

  EXPECT_TRUE(memory_->content("another name"));
  EXPECT_EQ(locations_of(image.id).size(), 2u);
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(RecoveryOfCopies, KeepsDataWhoseRowIsThere) {
  const model::Image image = with_two_copies("12345");
  add_line(image);

  recover(resources());

  EXPECT_TRUE(memory_->content(image.id));
  EXPECT_EQ(locations_of(image.id).size(), 2u);
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(RecoveryOfCopies, TriesAgainAtTheNextStartWhateverTheStoreSays) {
  const model::Image image = with_two_copies("12345");
  add_line(image);
  take_out_first_location(image);
  faults_.fail(Operation::discard, 1, Error(ErrorCode::conflict, "in use"));

  recover(resources());
  EXPECT_EQ(removals_.entries().size(), 1u);

  recover(resources());
  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_TRUE(removals_.entries().empty());
}

class RemovalsWithoutADatabase : public House {
 protected:
  RemovalsWithoutADatabase() : House(stores::StoreMode::several, "?timeout=1") {}

  /// Makes the call while somebody else keeps the database from being changed.
  ErrorCode code_while_busy(const std::function<void()>& call) {
    const model::Image other = queued();
    std::promise<void> is_busy, is_over;
    std::thread others([&] {
      catalog_->change(other.id, [&](model::Image&) {
        is_busy.set_value();
        is_over.get_future().wait();
      });
    });
    is_busy.get_future().wait();
    const ErrorCode code = code_of(call);
    is_over.set_value();
    others.join();
    return code;
  }
};

TEST_F(RemovalsWithoutADatabase, OfImagesAreFinishedByTheSameProcess) {
  const model::Image image = active("12345");
  ASSERT_EQ(code_while_busy([&] { images().remove(admin_, seen(image.id), {}); }), ErrorCode::unavailable);
  ASSERT_EQ(status_of(image.id), "active");

  settle_abandoned(resources());

  expect_no_trace_of(image, "deleted");
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(RemovalsWithoutADatabase, OfCopiesLeaveTheDataToTheRowThatIsStillThere) {
  const model::Image image = with_two_copies("12345");
  ASSERT_EQ(code_while_busy([&] {
              images().remove_from_store(admin_, seen(image.id), images().store_with_copies("memory"), {});
            }),
            ErrorCode::unavailable);
  ASSERT_EQ(removals_.entries().size(), 1u);

  settle_abandoned(resources());

  EXPECT_EQ(memory_->content(image.id), "12345");
  EXPECT_EQ(locations_of(image.id).size(), 2u);
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(RemovalsWithoutADatabase, OfAnEarlierProcessAreFinishedAsSoonAsTheStoreIsBack) {
  const model::Image image = active("12345");
  removals_.add({.transfer_id = "t2", .image_id = image.id, .store_id = "", .blob_name = image.id});
  faults_.fail(Operation::remove, 1, Error(ErrorCode::unavailable, "down"));
  recover(resources());
  ASSERT_EQ(status_of(image.id), "active");

  settle_abandoned(resources());

  expect_no_trace_of(image, "deleted");
  EXPECT_TRUE(removals_.entries().empty());
}

}  // namespace
}  // namespace vitrine::images
