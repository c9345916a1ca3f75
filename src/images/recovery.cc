#include "images/recovery.h"

#include "base/error.h"
#include "base/log.h"

namespace vitrine::images {
namespace {

bool holds_data_in(const model::Image& image, const stores::StoreSet& stores, std::string_view store_id) {
  for (const model::ImageLocation& row : image.locations) {
    const stores::Store* store = stores.holding(row.location);
    if (store != nullptr && store->id() == store_id) return true;
  }
  return false;
}

/// Before its last step the image was `saving` and its data, if any, belongs to nobody; after it the image is
/// `active` and the data is its own.
void undo_upload(const Resources& resources, const transfer::JournalEntry& entry) {
  const std::optional<model::Image> image = resources.catalog.find(entry.image_id);
  const bool is_finished = image && !image->is_deleted && image->status != model::ImageStatus::saving &&
                           holds_data_in(*image, resources.stores, entry.store_id);
  if (is_finished) return;
  stores::Store* store = resources.stores.find(entry.store_id);
  if (store == nullptr) {
    throw Error(ErrorCode::configuration, "store " + entry.store_id + " is no longer configured");
  }
  // Data first: as long as the image is `saving` nobody else writes under this name.
  store->driver().discard({}, {entry.blob_name});
  if (!image || image->is_deleted) return;
  resources.catalog.change(entry.image_id, [](model::Image& fresh) {
    if (fresh.status == model::ImageStatus::saving) model::change_status(fresh, model::ImageStatus::queued);
  });
  log::warning("An upload to image {} was cut off by the end of the service; it can be tried again.",
               entry.image_id);
}

void finish_removal(const Resources& resources, const transfer::JournalEntry& entry) {
  const std::optional<model::Image> image = resources.catalog.find(entry.image_id);
  if (!image || image->is_deleted) return;
  Images(resources, Limits{}).remove({.is_admin = true}, entry.image_id, {});
  log::warning("The deletion of image {}, cut off by the end of the service, was finished.", entry.image_id);
}

/// `keeps`: whether an error is worth another try at the next start.
void settle(transfer::Journal& journal, const Resources& resources,
            void (*step)(const Resources&, const transfer::JournalEntry&), bool (*keeps)(ErrorCode)) {
  for (const transfer::JournalEntry& entry : journal.entries()) {
    try {
      step(resources, entry);
      journal.clear(entry.transfer_id);
    } catch (const Error& error) {
      log::error("Image {} could not be cleaned up after the last end of the service{}: {}", entry.image_id,
                 keeps(error.code()) ? "; the next start tries again" : "", error.what());
      if (!keeps(error.code())) journal.clear(entry.transfer_id);
    }
  }
}

bool always(ErrorCode) {
  return true;
}

}  // namespace

void recover(const Resources& resources) {
  settle(resources.uploads, resources, undo_upload, always);
  settle(resources.removals, resources, finish_removal, can_retry);
}

}  // namespace vitrine::images
