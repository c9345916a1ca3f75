#include "imports/locked_image.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/error.h"

namespace vitrine::imports {
namespace {

Error image_is_gone(std::string_view image_id) {
  return {ErrorCode::gone, fmt::format("Image {} has been deleted, aborting import.", image_id)};
}

void require_lock_of(const model::Image& image, std::string_view task_id) {
  if (has_import_lock(image, task_id)) return;
  throw Error(ErrorCode::gone,
              fmt::format("Task {} has lost the lock on image {} to another one.", task_id, image.id));
}

}  // namespace

bool has_import_lock(const model::Image& image, std::string_view task_id) {
  const model::Property* lock = image.find_property(model::import_lock);
  return lock != nullptr && lock->value == task_id;
}

void require_status(const model::Image& image, model::ImageStatus status) {
  if (image.status == status) return;
  throw Error(ErrorCode::conflict, fmt::format("The image's status is {} by now, and not {}.",
                                               to_string(image.status), to_string(status)));
}

LockedImage::LockedImage(catalog::Catalog& catalog, std::string image_id, std::string task_id)
    : catalog_(catalog), image_id_(std::move(image_id)), task_id_(std::move(task_id)) {}

model::Image LockedImage::change(const Amendment& edit, const catalog::Condition& condition) {
  const auto guarded = [&](model::Image& image) {
    require_lock_of(image, task_id_);
    edit(image);
  };
  try {
    return catalog_.change(image_id_, guarded, condition);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) throw image_is_gone(image_id_);
    throw;
  }
}

void LockedImage::remove() {
  try {
    catalog_.remove(image_id_, [&](model::Image& image) {
      require_lock_of(image, task_id_);
      model::change_status(image, model::ImageStatus::deleted);
    });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) throw image_is_gone(image_id_);
    throw;
  }
}

void LockedImage::release() {
  catalog_.release_import_lock(image_id_, task_id_);
}

void LockedImage::require_lock() {
  const std::optional<model::Image> image = catalog_.find(image_id_);
  if (!image || image->is_deleted) throw image_is_gone(image_id_);
  require_lock_of(*image, task_id_);
}

bool LockedImage::is_anothers() {
  const std::optional<model::Image> image = catalog_.find(image_id_);
  return image && !image->is_deleted && !has_import_lock(*image, task_id_);
}

}  // namespace vitrine::imports
