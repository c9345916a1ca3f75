#include "images/images.h"

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using tests::Operation;

class ImagesUse : public House {
 protected:
  explicit ImagesUse(stores::StoreMode mode = stores::StoreMode::single) : House(mode) {}

  std::string content_of(const model::Image& image, ByteRange range) {
    transfer::Download download = images().download(admin_, image, range, {});
    const auto& source = std::get<std::unique_ptr<ByteSource>>(download.body);
    std::string content;
    for (Chunk part = source->read(); !part.empty(); part = source->read()) content += text_of(part.bytes());
    return content;
  }
};

TEST_F(ImagesUse, ANewImageIsQueuedAndHasAnId) {
  const model::Image image = images().create(admin_, {});

  EXPECT_EQ(image.id.size(), 36u);
  EXPECT_EQ(image.status, model::ImageStatus::queued);
  EXPECT_EQ(image.created_at, clock_.now());
  EXPECT_EQ(images().visible(admin_, image.id).id, image.id);
}

TEST_F(ImagesUse, AnIdCanBeUsedOnceForEver) {
  model::Image image = queued();
  images().remove(admin_, seen(image.id), {});

  EXPECT_EQ(code_of([&] { images().create(admin_, image); }), ErrorCode::duplicate);
}

TEST_F(ImagesUse, QuotasBoundWhatIsAddedButNotWhatIsThere) {
  limits_.properties = 1;
  limits_.tags = 1;
  model::Image image = queued();
  images().update(admin_, image.id, [](model::Image& fresh, auto&) { fresh.set_property("a", "1"); }, {});

  EXPECT_EQ(code_of([&] {
              images().update(admin_, image.id,
                              [](model::Image& fresh, auto&) { fresh.set_property("b", "2"); }, {});
            }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(
      code_of([&] {
        images().update(admin_, image.id, [](model::Image& fresh, auto&) { fresh.tags = {"x", "y"}; }, {});
      }),
      ErrorCode::limit_exceeded);
  limits_.properties = 0;
  EXPECT_NO_THROW(images().update(admin_, image.id,
                                  [](model::Image& fresh, auto&) { fresh.set_property("a", "3"); }, {}));
}

TEST_F(ImagesUse, DeletingTakesDataAndRecord) {
  const model::Image image = active("12345");

  images().remove(admin_, seen(image.id), {});

  expect_no_trace_of(image, "deleted");
  EXPECT_EQ(code_of([&] { images().visible(admin_, image.id); }), ErrorCode::not_found);
}

TEST_F(ImagesUse, DeletingTakesDataThatCameAfterTheImageWasSeen) {
  const model::Image image = queued();
  const model::Image before = seen(image.id);
  fill(image, "12345");

  images().remove(admin_, before, {});

  expect_no_trace_of(image, "deleted");
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(ImagesUse, DataThatCameAfterTheImageWasSeenAndCannotBeDeletedKeepsTheImage) {
  const model::Image image = queued();
  const model::Image before = seen(image.id);
  fill(image, "12345");
  faults_.fail(Operation::remove, 1, Error(ErrorCode::conflict, "in use"));

  EXPECT_EQ(code_of([&] { images().remove(admin_, before, {}); }), ErrorCode::conflict);

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(memory_->content(image.id), "12345");
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(ImagesUse, DeletingIsFineWhenTheDataIsGoneAlready) {
  const model::Image image = active("12345");
  faults_.fail(Operation::remove, 1, Error(ErrorCode::not_found, "gone"));

  EXPECT_NO_THROW(images().remove(admin_, seen(image.id), {}));

  EXPECT_EQ(status_of(image.id), "deleted");
}

TEST_F(ImagesUse, AnImageWhoseDataCannotBeDeletedStays) {
  const model::Image image = active("12345");
  faults_.fail(Operation::remove, 1, Error(ErrorCode::conflict, "in use"));

  EXPECT_EQ(code_of([&] { images().remove(admin_, seen(image.id), {}); }), ErrorCode::conflict);

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(content_of(image, {}), "12345");
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(ImagesUse, AProtectedImageIsNotDeleted) {
  const model::Image image = active("12345");
  images().update(admin_, image.id, [](model::Image& fresh, auto&) { fresh.is_protected = true; }, {});

  EXPECT_EQ(code_of([&] { images().remove(admin_, seen(image.id), {}); }), ErrorCode::forbidden);

  EXPECT_EQ(memory_->content(image.id), "12345");
}

TEST_F(ImagesUse, DownloadsWholeAndInPart) {
  const model::Image image = active("0123456789");

  EXPECT_EQ(content_of(image, {}), "0123456789");
  EXPECT_EQ(content_of(image, {.offset = 3, .length = 4}), "3456");
}

TEST_F(ImagesUse, DataThatIsNowhereIsNotFound) {
  const model::Image image = active("12345");
  faults_.fail(Operation::open, 1, Error(ErrorCode::not_found, "gone"));

  EXPECT_EQ(code_of([&] { images().download(admin_, image, {}, {}); }), ErrorCode::not_found);
}

TEST_F(ImagesUse, OnlyAdministratorsDownloadDeactivatedImages) {
  const model::Image image = active("12345");
  catalog_->change(image.id, [](model::Image& fresh) { fresh.status = model::ImageStatus::deactivated; });

  EXPECT_EQ(code_of([&] { images().downloadable({}, image.id); }), ErrorCode::forbidden);
  EXPECT_EQ(images().downloadable(admin_, image.id).id, image.id);
}

TEST_F(ImagesUse, SlowDownloadsLeaveTheBuffersOfUploadsAlone) {
  const model::Image image = active(std::string(5000, 'a'));
  std::vector<transfer::Download> slow;
  for (int i = 0; i < 16; ++i) slow.push_back(images().download(admin_, image, {}, {}));
  ASSERT_FALSE(download_buffers_.try_take());

  EXPECT_EQ(active("12345").size, 5u);
}

class SeveralStores : public ImagesUse {
 protected:
  SeveralStores() : ImagesUse(stores::StoreMode::several) {}

  std::string source_of(const model::Image& image, std::vector<stores::Store*> preferred = {}) {
    return images().download(admin_, image, {}, preferred).store->id();
  }
};

TEST_F(SeveralStores, AreReadByTheirWeight) {
  EXPECT_EQ(source_of(with_two_copies("12345")), "memory");
}

TEST_F(SeveralStores, ArePreferredBeforeTheirWeightCounts) {
  const model::Image image = with_two_copies("12345");

  EXPECT_EQ(source_of(image, {second_.store}), "second");
  EXPECT_EQ(source_of(image, {second_.store, first_.store}), "memory");
  EXPECT_EQ(source_of(image, {origin_.store}), "memory");
}

TEST_F(SeveralStores, StandInForOneThatFails) {
  const model::Image image = with_two_copies("12345");
  second_.faults.fail(Operation::open, 1);
  EXPECT_EQ(source_of(image, {second_.store}), "memory");

  faults_.cut_short(Operation::read, 1);
  EXPECT_EQ(content_of(image, {}), "12345");
}

TEST_F(SeveralStores, LabelOldLocationsWhenTheImageIsSeen) {
  const model::Image image = queued();
  with_location(image.id, {memory_->put("old", "12345").uri, {}});
  clock_.advance(std::chrono::seconds{1});

  const model::Image seen = images().visible(admin_, image.id);

  EXPECT_EQ(seen.locations[0].location.metadata.at("store"), "memory");
  EXPECT_EQ(seen.updated_at, clock_.now());
  EXPECT_EQ(locations_of(image.id), std::vector<std::string>{"memory memory://old"});
}

TEST_F(SeveralStores, LeaveImagesAloneThatNeedNoCorrection) {
  const model::Image image = active("12345");
  clock_.advance(std::chrono::seconds{1});

  EXPECT_EQ(images().visible(admin_, image.id).updated_at, image.updated_at);
}

TEST_F(SeveralStores, CorrectNothingInLists) {
  const model::Image image = queued();
  with_location(image.id, {memory_->put("old", "12345").uri, {}});

  EXPECT_TRUE(images().list(admin_, {})[0].locations[0].location.metadata.empty());
  EXPECT_EQ(locations_of(image.id), std::vector<std::string>{" memory://old"});
}

}  // namespace
}  // namespace vitrine::images
