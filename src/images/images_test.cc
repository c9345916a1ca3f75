#include "images/images.h"

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using tests::Operation;

class ImagesUse : public House {
 protected:
  std::string content_of(const model::Image& image, ByteRange range) {
    transfer::Download download = images().download(admin_, image, range);
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
  images().remove(admin_, image.id, {});

  EXPECT_EQ(code_of([&] { images().create(admin_, image); }), ErrorCode::duplicate);
}

TEST_F(ImagesUse, QuotasBoundWhatIsAddedButNotWhatIsThere) {
  limits_.properties = 1;
  limits_.tags = 1;
  model::Image image = queued();
  images().update(admin_, image.id, [](model::Image& fresh) { fresh.set_property("a", "1"); });

  EXPECT_EQ(code_of([&] {
              images().update(admin_, image.id, [](model::Image& fresh) { fresh.set_property("b", "2"); });
            }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(code_of([&] {
              images().update(admin_, image.id, [](model::Image& fresh) { fresh.tags = {"x", "y"}; });
            }),
            ErrorCode::limit_exceeded);
  limits_.properties = 0;
  EXPECT_NO_THROW(
      images().update(admin_, image.id, [](model::Image& fresh) { fresh.set_property("a", "3"); }));
}

TEST_F(ImagesUse, DeletingTakesDataAndRecord) {
  const model::Image image = active("12345");

  images().remove(admin_, image.id, {});

  expect_no_trace_of(image, "deleted");
  EXPECT_EQ(code_of([&] { images().visible(admin_, image.id); }), ErrorCode::not_found);
}

TEST_F(ImagesUse, DeletingIsFineWhenTheDataIsGoneAlready) {
  const model::Image image = active("12345");
  faults_.fail(Operation::remove, 1, Error(ErrorCode::not_found, "gone"));

  EXPECT_NO_THROW(images().remove(admin_, image.id, {}));

  EXPECT_EQ(status_of(image.id), "deleted");
}

TEST_F(ImagesUse, AnImageWhoseDataCannotBeDeletedStays) {
  const model::Image image = active("12345");
  faults_.fail(Operation::remove, 1, Error(ErrorCode::conflict, "in use"));

  EXPECT_EQ(code_of([&] { images().remove(admin_, image.id, {}); }), ErrorCode::conflict);

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(content_of(image, {}), "12345");
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(ImagesUse, AProtectedImageIsNotDeleted) {
  const model::Image image = active("12345");
  images().update(admin_, image.id, [](model::Image& fresh) { fresh.is_protected = true; });

  EXPECT_EQ(code_of([&] { images().remove(admin_, image.id, {}); }), ErrorCode::forbidden);

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

  EXPECT_EQ(code_of([&] { images().download(admin_, image, {}); }), ErrorCode::not_found);
}

TEST_F(ImagesUse, OnlyAdministratorsDownloadDeactivatedImages) {
  model::Image image = active("12345");
  image.status = model::ImageStatus::deactivated;

  EXPECT_EQ(code_of([&] { images().download({}, image, {}); }), ErrorCode::forbidden);
  EXPECT_NO_THROW(images().download(admin_, image, {}));
}

}  // namespace
}  // namespace vitrine::images
