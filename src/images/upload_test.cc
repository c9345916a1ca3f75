#include "images/upload.h"

#include "tests/support/disk_images.h"
#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using tests::Operation;

class UploadUse : public House {
 protected:
  /// Uploads "12345" and returns what came out of it.
  ErrorCode failing_upload(const model::Image& image, std::optional<std::uint64_t> announced = {}) {
    return code_of([&] {
      const auto upload = images().upload(admin_, image, {.announced_size = announced}, {});
      upload->write(chunk("12345"));
      upload->finish();
    });
  }
};

TEST_F(UploadUse, MakesTheImageActiveWithSizeDigestsAndLocation) {
  const model::Image image = active("12345");

  EXPECT_EQ(image.status, model::ImageStatus::active);
  EXPECT_EQ(image.size, 5u);
  EXPECT_EQ(image.checksum, "827ccb0eea8a706c4c34a16891f84e7b");
  EXPECT_EQ(image.os_hash_algo, "sha512");
  EXPECT_EQ(image.os_hash_value->size(), 128u);
  ASSERT_EQ(image.locations.size(), 1u);
  EXPECT_EQ(memory_->content(image.id), "12345");
  EXPECT_TRUE(uploads_.entries().empty());
}

TEST_F(UploadUse, FillsInTheSizeOfTheDiskInside) {
  const model::Image image = queued("qcow2");
  const auto upload = images().upload(admin_, image, {}, {});

  upload->write(chunk(tests::qcow2({.size = 7 << 20})));

  EXPECT_EQ(upload->finish().virtual_size, 7u << 20);
  EXPECT_EQ(seen(image.id).virtual_size, 7u << 20);
  EXPECT_EQ(active("12345").virtual_size, 5u);
}

TEST_F(UploadUse, RefusesDataOfAnotherFormatAndKeepsNothingOfIt) {
  const model::Image image = queued("qcow2");

  EXPECT_EQ(failing_upload(image), ErrorCode::unsupported_media_type);

  expect_no_trace_of(image, "queued");
  EXPECT_TRUE(seen(image.id).locations.empty());
  EXPECT_FALSE(seen(image.id).size);
}

TEST_F(UploadUse, RefusesUnsafeDataAndTakesSafeDataThen) {
  const model::Image image = queued();
  EXPECT_EQ(code_of([&] {
              const auto upload = images().upload(admin_, image, {}, {});
              upload->write(chunk(tests::qcow2({.backing_file = 512})));
              upload->finish();
            }),
            ErrorCode::unsupported_media_type);
  expect_no_trace_of(image, "queued");

  const auto again = images().upload(admin_, image, {}, {});
  again->write(chunk("12345"));

  EXPECT_EQ(again->finish().virtual_size, 5u);
}

TEST_F(UploadUse, TakesWhatTheOperatorLetsPass) {
  limits_.formats.requires_match = false;
  const model::Image image = queued("qcow2");
  const auto upload = images().upload(admin_, image, {}, {});

  upload->write(chunk("12345"));

  EXPECT_EQ(upload->finish().virtual_size, std::nullopt);
}

TEST_F(UploadUse, AnEmptyImageIsAnImage) {
  const model::Image image = queued();

  const model::Image done = images().upload(admin_, image, {}, {})->finish();

  EXPECT_EQ(done.status, model::ImageStatus::active);
  EXPECT_EQ(done.size, 0u);
}

TEST_F(UploadUse, StandsInTheJournalWhileItRuns) {
  const model::Image image = queued();

  const auto upload = images().upload(admin_, image, {}, {});

  EXPECT_EQ(status_of(image.id), "saving");
  ASSERT_EQ(uploads_.entries().size(), 1u);
  EXPECT_EQ(uploads_.entries()[0].image_id, image.id);
}

TEST_F(UploadUse, LeftUnfinishedUndoesItself) {
  const model::Image image = queued();

  images().upload(admin_, image, {}, {})->write(chunk("123"));

  expect_no_trace_of(image, "queued");
}

TEST_F(UploadUse, CanBeTriedAgain) {
  const model::Image image = queued();
  images().upload(admin_, image, {}, {})->write(chunk("123"));

  const auto again = images().upload(admin_, image, {}, {});
  again->write(chunk("12345"));

  EXPECT_EQ(again->finish().size, 5u);
}

TEST_F(UploadUse, IsRefusedForAnActiveImageWhichKeepsItsData) {
  const model::Image image = active("old");

  EXPECT_EQ(failing_upload(image), ErrorCode::conflict);

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(memory_->content(image.id), "old");
  EXPECT_TRUE(uploads_.entries().empty());
}

TEST_F(UploadUse, OnlyOneOfTwoWins) {
  const model::Image image = queued();
  const auto first = images().upload(admin_, image, {}, {});

  EXPECT_EQ(failing_upload(image), ErrorCode::conflict);
  first->write(chunk("12345"));

  EXPECT_EQ(first->finish().size, 5u);
  EXPECT_EQ(memory_->content(image.id), "12345");
}

TEST_F(UploadUse, NeedsFormats) {
  const model::Image image = images().create(admin_, {});

  EXPECT_EQ(failing_upload(image), ErrorCode::invalid);

  expect_no_trace_of(image, "queued");
}

TEST_F(UploadUse, TakesOnlyWhatWasAnnounced) {
  const model::Image image = queued();

  EXPECT_EQ(failing_upload(image, 4), ErrorCode::invalid);
  expect_no_trace_of(image, "queued");
  EXPECT_EQ(failing_upload(image, 6), ErrorCode::invalid);
  expect_no_trace_of(image, "queued");
}

TEST_F(UploadUse, StopsAtTheSizeCap) {
  limits_.image_size = 4;
  const model::Image image = queued();

  EXPECT_EQ(failing_upload(image), ErrorCode::limit_exceeded);
  expect_no_trace_of(image, "queued");
  EXPECT_EQ(failing_upload(image, 5), ErrorCode::limit_exceeded);
  expect_no_trace_of(image, "queued");
}

TEST_F(UploadUse, LeavesNothingWhereverTheStoreFails) {
  const model::Image image = queued();

  for (const Operation operation : {Operation::create, Operation::write, Operation::commit}) {
    faults_.fail(operation, 1, Error(ErrorCode::storage_full, "full"));
    EXPECT_EQ(failing_upload(image), ErrorCode::storage_full);
    expect_no_trace_of(image, "queued");
  }
}

TEST_F(UploadUse, AnImageDeletedMeanwhileTakesItsDataAlong) {
  const model::Image image = queued();
  const auto upload = images().upload(admin_, image, {}, {});
  upload->write(chunk("12345"));
  images().remove(admin_, seen(image.id), {});

  EXPECT_EQ(code_of([&] { upload->finish(); }), ErrorCode::gone);

  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_EQ(status_of(image.id), "deleted");
}

TEST_F(UploadUse, EndsWhenItsClientLeaves) {
  const model::Image image = queued();
  std::stop_source client;
  auto upload = images().upload(admin_, image, {}, client.get_token());
  faults_.stall(Operation::write, 1);
  upload->write(chunk("12345"));
  ASSERT_TRUE(faults_.wait_for_stall());

  client.request_stop();
  upload.reset();

  expect_no_trace_of(image, "queued");
}

class UploadToAStore : public House {
 protected:
  UploadToAStore() : House(stores::StoreMode::several) {}

  void upload_to(const HouseStore& store, const model::Image& image) {
    const auto upload = images().upload(admin_, image, {.store = store.store}, {});
    upload->write(chunk("12345"));
    upload->finish();
  }
};

TEST_F(UploadToAStore, PutsTheDataThereAndSaysSoInTheLocation) {
  const model::Image image = queued();

  upload_to(second_, image);

  EXPECT_EQ(second_.memory->content(image.id), "12345");
  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_EQ(locations_of(image.id), std::vector<std::string>{"second memory://" + image.id});
}

TEST_F(UploadToAStore, ThatTakesNoDataLeavesTheImageQueued) {
  const model::Image image = queued();
  second_.faults.fail(Operation::create, 1, Error(ErrorCode::gone, "read-only"));

  EXPECT_EQ(code_of([&] { upload_to(second_, image); }), ErrorCode::gone);

  expect_no_trace_of(image, "queued");
}

}  // namespace
}  // namespace vitrine::images
