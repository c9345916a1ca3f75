#include "imports/recovery.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"
#include "imports/bookkeeping.h"
#include "imports/location_job.h"
#include "imports/record.h"
#include "imports/task_start.h"
#include "stores/store_plan.h"

namespace vitrine::imports {
namespace {

using model::ImageStatus;
using model::TaskStatus;

bool is_live(const std::optional<model::Image>& image) {
  return image && !image->is_deleted;
}

/// Data that the record does not name belongs to nobody: only this task wrote under the image's name.
void discard_strays(const Means& means, const std::optional<model::Image>& image,
                    const transfer::JournalEntry& line) {
  const stores::StoreSet& stores = means.resources.stores;
  const std::vector<std::string> ids = stores_in(line);
  for (const std::string& id : ids) {
    stores::Store* store = stores.find(id);
    if (store == nullptr) {
      throw Error(ErrorCode::configuration, "store " + id + " is no longer configured");
    }
    if (is_live(image) && stores.have_copy_in(id, image->locations)) continue;
    store->driver().discard({}, {line.blob_name});
  }
}

/// The record has the data, so the task was being processed, or its end is written already.
void complete_task(const Means& means, const transfer::JournalEntry& line, const std::string& message = "") {
  const std::optional<model::Task> task = means.resources.catalog.find_task(line.transfer_id);
  if (!task || task->is_deleted || task->status != TaskStatus::processing) return;
  means.tasks.advance(line.transfer_id, TaskStatus::success, [&](model::Task& fresh) {
    fresh.result = boost::json::object{{"image_id", line.image_id}};
    if (!message.empty()) fresh.message = message;
  });
}

void fail_task(const Means& means, const transfer::JournalEntry& line) {
  means.tasks.fail(line.transfer_id, "The service ended while the task was under way.");
}

/// The stores that the record still waits for.
std::vector<std::string> waiting_among(const std::vector<std::string>& store_ids, const model::Image& image) {
  const std::vector<std::string> waiting = ids_in(image, importing_to_stores);
  std::vector<std::string> result;
  std::copy_if(store_ids.begin(), store_ids.end(), std::back_inserter(result), [&](const std::string& id) {
    return std::find(waiting.begin(), waiting.end(), id) != waiting.end();
  });
  return result;
}

/// Whether the dead process got as far as the record, and nothing is left to be imported.
bool is_done(const Means& means, const model::Image& image, const std::vector<std::string>& store_ids) {
  if (image.status != ImageStatus::active || !waiting_among(store_ids, image).empty()) return false;
  return std::any_of(store_ids.begin(), store_ids.end(), [&](const std::string& id) {
    return means.resources.stores.have_copy_in(id, image.locations);
  });
}

/// The lock is still the dead task's: nobody else touched the image.
void settle_image(const Means& means, const transfer::JournalEntry& line, const model::Image& image,
                  Purpose purpose) {
  const std::vector<std::string> store_ids = stores_in(line);
  LockedImage locked(means.resources.catalog, line.image_id, line.transfer_id);
  ImportRecord record(locked, means.resources.stores, purpose, store_ids);
  means.staging.remove(line.image_id);
  const bool is_whole = is_done(means, image, store_ids);
  if (is_whole) {
    complete_task(means, line);
  } else {
    record.give_up(ImageStatus::queued, waiting_among(store_ids, image));
    fail_task(means, line);
  }
  locked.release();
  log::warning("The import of image {}, cut off by the end of the service, was {}.", line.image_id,
               is_whole ? "finished" : "undone; it can be tried again");
}

bool makes_its_image(const std::optional<model::Task>& task) {
  return task && task->type == client_task_type;
}

/// Whether such a task has made this very image. Clients may choose an image's id, so it may be another
/// one's.
bool has_made(const model::Task& task, const model::Image& image) {
  if (task.image_id) return task.image_id == image.id;  // it has taken the image over
  return image.created_at >= task.created_at;
}

/// An image that its task has made, but not locked yet, is the task's all the same.
std::optional<model::Image> find_image(const Means& means, const transfer::JournalEntry& line) {
  catalog::Catalog& catalog = means.resources.catalog;
  std::optional<model::Image> image = catalog.find(line.image_id);
  const std::optional<model::Task> task = catalog.find_task(line.transfer_id);
  const bool is_new = is_live(image) && image->status == ImageStatus::queued && makes_its_image(task) &&
                      has_made(*task, *image);
  if (!is_new || !catalog.take_import_lock(line.image_id, line.transfer_id)) return image;
  return catalog.find(line.image_id);
}

Purpose purpose_of(const model::Image& image) {
  return image.status == ImageStatus::active ? Purpose::copies : Purpose::first_data;
}

/// Others have settled the image meanwhile, as this node or its database was away for long. Takes it again,
/// so that nobody writes under its name while what was left there is removed. Returns it.
model::Image take_again(const Means& means, const transfer::JournalEntry& line, const model::Image& image) {
  const Error others_work(ErrorCode::conflict, "Other work on the image is under way.");
  const bool waits_for_import = image.status == ImageStatus::uploading;
  if (waits_for_import || image.status == ImageStatus::saving) throw others_work;
  if (!means.resources.catalog.take_import_lock(image.id, line.transfer_id)) throw others_work;
  LockedImage locked(means.resources.catalog, image.id, line.transfer_id);
  try {
    if (image.status != ImageStatus::queued) return locked.change([](model::Image&) {});
    ImportRecord record(locked, means.resources.stores, Purpose::first_data, stores_in(line));
    return record.begin(ImageStatus::queued, {});
  } catch (const Error&) {
    locked.release();
    throw;
  }
}

/// As long as this node tries to settle the import, others need not.
void give_sign_of_life(const Means& means, const std::string& task_id) {
  try {
    means.tasks.touch(task_id, "The import has ended; what it left is being removed.");
  } catch (const Error& error) {
    if (can_retry(error.code())) throw;  // else the task has ended or is gone
  }
}

/// The lock is not the task's any more, or never was.
void undo_import_of_others(const Means& means, const transfer::JournalEntry& line,
                           const model::Image& image) {
  const std::optional<model::Task> task = means.resources.catalog.find_task(line.transfer_id);
  const bool is_foreign = makes_its_image(task) && !has_made(*task, image);
  fail_task(means, line);
  if (is_foreign) return;  // an id that was taken: nothing was done
  const model::Image taken = take_again(means, line, image);
  discard_strays(means, taken, line);
  settle_image(means, line, taken, purpose_of(taken));
}

void undo_import(const Means& means, const transfer::JournalEntry& line) {
  give_sign_of_life(means, line.transfer_id);
  const std::optional<model::Image> image = find_image(means, line);
  if (is_live(image) && !has_import_lock(*image, line.transfer_id)) {
    return undo_import_of_others(means, line, *image);
  }
  discard_strays(means, image, line);
  if (!is_live(image)) return fail_task(means, line);
  const bool is_new = image->status != ImageStatus::active &&
                      makes_its_image(means.resources.catalog.find_task(line.transfer_id));
  settle_image(means, line, *image, is_new ? Purpose::new_image : purpose_of(*image));
}

/// An image that is in use keeps its location, with or without digests.
void undo_location_import(const Means& means, const transfer::JournalEntry& line) {
  const std::optional<model::Image> image = means.resources.catalog.find(line.image_id);
  if (!is_live(image) || !has_import_lock(*image, line.transfer_id)) return fail_task(means, line);
  LockedImage locked(means.resources.catalog, line.image_id, line.transfer_id);
  const model::Image now = locked.change(undo_location);
  if (now.status == ImageStatus::active) {
    complete_task(means, line,
                  now.os_hash_value ? "" : "The service ended before the digests of the data were computed.");
  } else {
    fail_task(means, line);
  }
  locked.release();
}

bool is_of_location(const transfer::JournalEntry& line) {
  return line.store_id.empty();
}

bool is_of_staging(const transfer::JournalEntry& line) {
  return line.store_id == stores::staging_store_id;
}

void undo_staging_line(const Means& means, const transfer::JournalEntry& line) {
  const std::optional<model::Image> image = means.resources.catalog.find(line.image_id);
  const bool is_complete = is_live(image) && image->status != ImageStatus::queued && image->size &&
                           means.staging.size_of(line.image_id) == image->size;
  if (!is_complete) undo_staging(means, line.image_id);
}

void undo_line(const Means& means, const transfer::JournalEntry& line) {
  if (is_of_location(line)) return undo_location_import(means, line);
  is_of_staging(line) ? undo_staging_line(means, line) : undo_import(means, line);
}

}  // namespace

transfer::JournalEntry staging_line(std::string_view image_id) {
  return {.transfer_id = new_uuid(),
          .image_id = std::string(image_id),
          .store_id = std::string(stores::staging_store_id),
          .blob_name = std::string(image_id)};
}

transfer::JournalEntry import_line(std::string_view task_id, std::string_view image_id,
                                   const std::vector<std::string>& store_ids) {
  return {.transfer_id = std::string(task_id),
          .image_id = std::string(image_id),
          .store_id = join(store_ids, ","),
          .blob_name = std::string(image_id)};
}

transfer::JournalEntry location_line(std::string_view task_id, std::string_view image_id) {
  return {.transfer_id = std::string(task_id),
          .image_id = std::string(image_id),
          .store_id = "",
          .blob_name = std::string(image_id)};
}

void undo_staging(const Means& means, std::string_view image_id) {
  means.staging.remove(image_id);
  try {
    means.resources.catalog.change(image_id, [](model::Image& image) {
      if (image.status == ImageStatus::uploading) model::change_status(image, ImageStatus::queued);
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;  // deleted meanwhile
  }
}

std::vector<std::string> stores_in(const transfer::JournalEntry& line) {
  return line.store_id.empty() ? std::vector<std::string>() : split(line.store_id, ',');
}

bool is_finished(const Means& means, const model::Image& image, std::string_view task_id,
                 const std::vector<std::string>& store_ids) {
  return has_import_lock(image, task_id) && is_done(means, image, store_ids);
}

void settle(const Means& means, const transfer::JournalEntry& line) {
  undo_line(means, line);
  means.journal.clear(line.transfer_id);
  means.unsettled.remove(line.transfer_id);
}

void recover(const Means& means) {
  for (const transfer::JournalEntry& line : means.journal.entries()) {
    try {
      settle(means, line);
    } catch (const Error& error) {
      means.unsettled.add(line.transfer_id);
      log::warning(
          "What the last end of the service has left of an import of image {} cannot be cleaned up yet; it "
          "is tried again: {}",
          line.image_id, error.what());
    }
  }
  means.staging.clean(means.resources.catalog);
}

}  // namespace vitrine::imports
