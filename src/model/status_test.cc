#include "model/status.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "model/image.h"

namespace vitrine::model {
namespace {

Image image_with_formats(ImageStatus status) {
  Image image;
  image.status = status;
  image.disk_format = "raw";
  image.container_format = "bare";
  return image;
}

ErrorCode code_of_change(Image image, ImageStatus to) {
  try {
    change_status(image, to);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(ImageStatus, NamesAreReadBack) {
  for (const char* name : {"queued", "saving", "uploading", "importing", "active", "deactivated", "killed",
                           "pending_delete", "deleted"}) {
    EXPECT_EQ(to_string(parse_image_status(name).value()), name);
  }
  EXPECT_FALSE(parse_image_status("Active"));
}

TEST(ImageStatus, NeverReturnsFromActiveToQueued) {
  EXPECT_FALSE(may_become(ImageStatus::active, ImageStatus::queued));
  EXPECT_EQ(code_of_change(image_with_formats(ImageStatus::active), ImageStatus::queued),
            ErrorCode::conflict);
}

TEST(ImageStatus, NothingLeavesDeleted) {
  for (const ImageStatus to : {ImageStatus::queued, ImageStatus::active, ImageStatus::deleted}) {
    EXPECT_FALSE(may_become(ImageStatus::deleted, to));
  }
}

TEST(ImageStatus, DataNeedsFormats) {
  Image image;

  EXPECT_EQ(code_of_change(image, ImageStatus::saving), ErrorCode::invalid);
  image.disk_format = "raw";
  EXPECT_EQ(code_of_change(image, ImageStatus::saving), ErrorCode::invalid);
  EXPECT_NO_THROW(change_status(image, ImageStatus::uploading)) << "staging does not need them yet";
}

TEST(ImageStatus, AFailedUploadForgetsTheSizes) {
  Image image = image_with_formats(ImageStatus::saving);
  image.size = 5;
  image.virtual_size = 6;

  change_status(image, ImageStatus::queued);

  EXPECT_FALSE(image.size);
  EXPECT_FALSE(image.virtual_size);
}

}  // namespace
}  // namespace vitrine::model
