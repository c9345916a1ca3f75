#include "imports/record.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "images/received_data.h"
#include "imports/bookkeeping.h"

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

ImportRecord::ImportRecord(const images::Resources& resources, std::string image_id, std::string task_id,
                           Purpose purpose, std::vector<std::string> targets)
    : resources_(resources),
      image_id_(std::move(image_id)),
      task_id_(std::move(task_id)),
      purpose_(purpose),
      targets_(std::move(targets)) {}

model::Image ImportRecord::change(const Amendment& edit, const catalog::Condition& condition) {
  try {
    return resources_.catalog.change(
        image_id_,
        [&](model::Image& image) {
          require_lock_of(image, task_id_);
          edit(image);
        },
        condition);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) throw image_is_gone(image_id_);
    throw;
  }
}

model::Image ImportRecord::begin(model::ImageStatus from, const catalog::Condition& condition) {
  const auto edit = [&](model::Image& image) {
    if (image.status != from) {
      throw Error(ErrorCode::conflict, fmt::format("The image's status is {} by now, and not {}.",
                                                   to_string(image.status), to_string(from)));
    }
    if (purpose_ == Purpose::first_data) model::change_status(image, model::ImageStatus::importing);
    image.remove_property(stage_host);
    add_ids(image, importing_to_stores, targets_);
    add_ids(image, failed_import, {});  // clients ask for it once the other one is empty
    take_ids(image, failed_import, targets_);
  };
  return change(edit, condition);
}

model::Image ImportRecord::take(const transfer::Received& received, const Amendment& amendment,
                                const catalog::Condition& condition) {
  const std::vector<std::string> done = store_ids_of(received.blobs);
  const std::vector<std::string> failed = store_ids_of(received.failed);
  const auto edit = [&](model::Image& image) {
    if (image.status == model::ImageStatus::importing) {
      amendment(image);
      images::describe_data(image, received);
      model::change_status(image, model::ImageStatus::active);
    }
    images::add_locations(image, received.blobs, resources_.stores);
    take_ids(image, importing_to_stores, done);
    take_ids(image, importing_to_stores, failed);
    if (!failed.empty()) add_ids(image, failed_import, failed);
  };
  return change(edit, condition);
}

void ImportRecord::give_up(model::ImageStatus status, const std::vector<std::string>& failed) {
  change([&](model::Image& image) {
    const bool waits_for_data = image.status == model::ImageStatus::importing ||
                                image.status == model::ImageStatus::uploading;  // it had not begun yet
    if (waits_for_data && image.status != status) model::change_status(image, status);
    take_ids(image, importing_to_stores, targets_);
    add_ids(image, failed_import, failed.empty() ? targets_ : failed);
  });
}

void ImportRecord::release() {
  resources_.catalog.release_import_lock(image_id_, task_id_);
}

void ImportRecord::require_lock() {
  const std::optional<model::Image> image = resources_.catalog.find(image_id_);
  if (!image || image->is_deleted) throw image_is_gone(image_id_);
  require_lock_of(*image, task_id_);
}

}  // namespace vitrine::imports
