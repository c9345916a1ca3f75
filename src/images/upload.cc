#include "images/upload.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "images/data_readers.h"
#include "images/images.h"
#include "images/received_data.h"
#include "images/recovery.h"
#include "transfer/image_checks.h"
#include "transfer/intake.h"

namespace vitrine::images {
namespace {

transfer::IntakeSettings intake_settings(const Limits& limits, const model::Image& image,
                                         std::optional<std::uint64_t> announced_size) {
  transfer::IntakeSettings settings;
  settings.size_cap = limits.image_size;
  settings.announced_size = announced_size;
  settings.hash_algorithm = image.os_hash_algo.value_or(limits.hash_algorithm);
  return settings;
}

void refuse_known_excess(const Limits& limits, std::optional<std::uint64_t> announced_size) {
  if (announced_size && *announced_size > limits.image_size) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("The image has {} bytes; this service takes at most {} (image_size_cap).",
                            *announced_size, limits.image_size));
  }
}

}  // namespace

struct Upload::State {
  State(const Resources& used_resources, const model::Caller& the_caller, const std::string& image_id,
        std::stop_token stop)
      : resources(used_resources),
        caller(the_caller),
        call{.caller = &caller, .stop = std::move(stop)},
        under_way(resources.quotas, caller.project_id, model::Quantity::images_under_way),
        room(resources.quotas, caller.project_id, image_id) {}

  Resources resources;
  model::Caller caller;
  stores::StoreCall call;
  CountQuota under_way;
  Reservation room;  // released when nothing is left in any store
  transfer::JournalEntry entry;
  bool is_saving = false;
  bool is_active = false;
  bool is_in_doubt = false;      // the data is in its store, and the image may have become active
  transfer::ImageChecks checks;  // the list goes to the intake
  std::unique_ptr<transfer::Intake> intake;

  void begin(const model::Image& image, stores::Store& store) {
    entry = {.transfer_id = new_uuid(), .image_id = image.id, .store_id = store.id(), .blob_name = image.id};
    // Written first: an image must never be `saving` without a line that a restart can undo it by.
    resources.uploads.add(entry);
    resources.catalog.change(
        image.id, [](model::Image& fresh) { model::change_status(fresh, model::ImageStatus::saving); },
        [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
          under_way.check(after, count);
        });
    is_saving = true;
  }

  void reserve(std::optional<std::uint64_t> announced_size) {
    if (announced_size.value_or(0) == 0) {
      room.require_some_room();
    } else {
      room.grow_to(*announced_size);
    }
  }

  void undo() {
    intake.reset();
    if (is_saving && !requeue()) {
      resources.uploads.abandon(entry.transfer_id);
    } else {
      resources.uploads.clear(entry.transfer_id);
    }
  }

  /// False if the database could not be asked; somebody has to try again.
  bool requeue() {
    try {
      if (is_in_doubt) {
        undo_upload(resources, entry);
        return true;
      }
      resources.catalog.change(entry.image_id, [](model::Image& image) {
        if (image.status == model::ImageStatus::saving)
          model::change_status(image, model::ImageStatus::queued);
      });
    } catch (const Error& error) {
      if (error.code() == ErrorCode::not_found) return true;  // deleted meanwhile
      log::error("Image {} stays in status saving for now: {}", entry.image_id, error.what());
      return false;
    }
    return true;
  }

  model::Image activate(const transfer::Received& received) {
    const auto fill = [&](model::Image& image) {
      model::change_status(image, model::ImageStatus::active);
      describe_data(image, received);
      image.virtual_size = checks.virtual_size();
      add_locations(image, received.blobs, resources.stores);
    };
    const auto condition = [&](const model::Image&, const model::Image& after,
                               const catalog::Counter& count) { room.settle(after, count); };
    return resources.catalog.change(entry.image_id, fill, condition);
  }
};

Upload::Upload(const Resources& resources, const Limits& limits, const model::Caller& caller,
               const model::Image& image, const UploadRequest& request, std::stop_token stop)
    : state_(std::make_unique<State>(resources, caller, image.id, std::move(stop))) {
  refuse_known_excess(limits, request.announced_size);
  stores::Store& store = request.store ? *request.store : resources.stores.default_store();
  try {
    state_->begin(image, store);
    state_->reserve(request.announced_size);
    state_->checks = transfer::make_checks(image, limits.formats);
    state_->intake = std::make_unique<transfer::Intake>(
        std::vector<stores::Store*>{&store}, stores::BlobName{image.id}, state_->call, resources.digests,
        std::move(state_->checks.list), intake_settings(limits, image, request.announced_size));
  } catch (...) {
    state_->undo();
    throw;
  }
}

Upload::~Upload() {
  if (!state_->is_active) state_->undo();
}

void Upload::write(Chunk chunk) {
  state_->room.grow_to(state_->intake->taken() + chunk.size());
  state_->intake->write(std::move(chunk));
}

model::Image Upload::finish() {
  const transfer::Received received = state_->intake->commit();
  try {
    model::Image image = state_->activate(received);
    state_->is_active = true;
    state_->resources.uploads.clear(state_->entry.transfer_id);
    let_read_new_data(state_->resources, state_->call, image);
    return image;
  } catch (const Error& error) {
    // A connection that breaks during a commit does not say whether the change was made.
    state_->is_in_doubt = error.code() == ErrorCode::unavailable;
    if (state_->is_in_doubt) throw;
    drop_blobs(&state_->caller, state_->entry.image_id, received.blobs, state_->resources.stores);
    if (error.code() == ErrorCode::not_found || error.code() == ErrorCode::conflict) {
      throw Error(ErrorCode::gone,
                  "The image was deleted or changed its status while its data was coming in.");
    }
    throw;
  }
}

}  // namespace vitrine::images
