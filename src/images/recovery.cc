#include "images/recovery.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "images/data_removal.h"

namespace vitrine::images {
namespace {

const stores::Store& store_of(const Resources& resources, const transfer::JournalEntry& entry) {
  if (const stores::Store* store = resources.stores.find(entry.store_id)) return *store;
  throw Error(ErrorCode::configuration, "store " + entry.store_id + " is no longer configured");
}

}  // namespace

/// Before its last step the image was `saving` and its data, if any, belongs to nobody; after it the image is
/// `active` and the data is its own.
void undo_upload(const Resources& resources, const transfer::JournalEntry& entry) {
  const std::optional<model::Image> image = resources.catalog.find(entry.image_id);
  const bool is_finished = image && !image->is_deleted && image->status != model::ImageStatus::saving &&
                           resources.stores.have_copy_in(entry.store_id, image->locations);
  if (is_finished) return;
  // Data first: as long as the image is `saving` nobody else writes under this name.
  store_of(resources, entry).driver().discard({}, {entry.blob_name});
  if (!image || image->is_deleted) return;
  resources.catalog.change(entry.image_id, [](model::Image& fresh) {
    if (fresh.status == model::ImageStatus::saving) model::change_status(fresh, model::ImageStatus::queued);
  });
  log::warning("An upload to image {} was cut off; it can be tried again.", entry.image_id);
}

namespace {

void finish_deletion(const Resources& resources, const transfer::JournalEntry& entry) {
  const std::optional<model::Image> image = resources.catalog.find(entry.image_id);
  if (!image || image->is_deleted) return;
  Images(resources, Limits{}).remove(model::Caller{}, *image, {});
  log::warning("The deletion of image {}, which was cut off, was finished.", entry.image_id);
}

bool has_location(const model::Image& image, const stores::StoreSet& stores,
                  const stores::Location& location) {
  return std::any_of(image.locations.begin(), image.locations.end(), [&](const model::ImageLocation& row) {
    return row.location.uri == location.uri && stores.holding(row.location) == stores.holding(location);
  });
}

/// What the line's row named, deleted by now or not; nothing for a line or a row that is not there any more.
std::optional<stores::Location> location_of(const Resources& resources, const transfer::JournalEntry& entry) {
  if (entry.location_row == 0) return {};
  const auto row = resources.catalog.find_location(entry.location_row);
  if (!row) return {};
  return row->location;
}

/// A copy whose row is deleted belongs to nobody. Where the row is not known, it has the name that stores
/// give to what is uploaded.
void finish_copy_removal(const Resources& resources, const transfer::JournalEntry& entry) {
  const stores::Store& store = store_of(resources, entry);
  const std::optional<model::Image> image = resources.catalog.find(entry.image_id);
  if (const auto location = location_of(resources, entry)) {
    if (image && has_location(*image, resources.stores, *location)) return;
    remove_data(resources.stores, {}, entry.image_id, *location);
  } else {
    if (image && resources.stores.have_copy_in(entry.store_id, image->locations)) return;
    store.driver().discard({}, {entry.blob_name});
  }
  log::warning("The removal of image {} from store {}, which was cut off, was finished.", entry.image_id,
               entry.store_id);
}

bool is_of_one_copy(const transfer::JournalEntry& entry) {
  return !entry.store_id.empty();
}

void finish_removal(const Resources& resources, const transfer::JournalEntry& entry) {
  if (is_of_one_copy(entry)) {
    finish_copy_removal(resources, entry);
  } else {
    finish_deletion(resources, entry);
  }
}

bool always(const transfer::JournalEntry&, ErrorCode) {
  return true;
}

/// A deletion that is not allowed any more is given up; a copy that has no row would be forgotten for ever.
bool unless_given_up(const transfer::JournalEntry& entry, ErrorCode code) {
  return is_of_one_copy(entry) || can_retry(code);
}

/// How the lines of one journal are settled.
struct Settlement {
  transfer::Journal& journal;
  void (*step)(const Resources&, const transfer::JournalEntry&);
  bool (*keeps)(const transfer::JournalEntry&, ErrorCode);  // whether another try makes sense
};

std::array<Settlement, 2> settlements(const Resources& resources) {
  return {{{resources.uploads, undo_upload, always}, {resources.removals, finish_removal, unless_given_up}}};
}

/// The error by which a line is left for another try.
std::optional<Error> settle(const Resources& resources, const Settlement& settlement,
                            const transfer::JournalEntry& entry) {
  try {
    settlement.step(resources, entry);
  } catch (const Error& error) {
    if (settlement.keeps(entry, error.code())) return error;
    log::error("What was cut off of image {} cannot be cleaned up: {}", entry.image_id, error.what());
  }
  settlement.journal.clear(entry.transfer_id);
  return std::nullopt;
}

}  // namespace

void recover(const Resources& resources) {
  for (const Settlement& settlement : settlements(resources)) {
    for (const transfer::JournalEntry& entry : settlement.journal.entries()) {
      const auto error = settle(resources, settlement, entry);
      if (!error) continue;
      if (can_retry(error->code())) settlement.journal.abandon(entry.transfer_id);
      log::error("What was cut off of image {} by the end of the service will be cleaned up later: {}",
                 entry.image_id, error->what());
    }
  }
}

void settle_abandoned(const Resources& resources) {
  for (const Settlement& settlement : settlements(resources)) {
    for (const transfer::JournalEntry& entry : settlement.journal.abandoned()) {
      const auto error = settle(resources, settlement, entry);
      // What may pass was said when the line was abandoned.
      if (error && !can_retry(error->code())) {
        log::error("What was cut off of image {} cannot be cleaned up yet: {}", entry.image_id,
                   error->what());
      }
    }
  }
}

}  // namespace vitrine::images
