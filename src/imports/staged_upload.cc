#include "imports/staged_upload.h"

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "imports/bookkeeping.h"
#include "imports/recovery.h"

namespace vitrine::imports {

struct StagedUpload::State {
  State(const Means& its_means, const model::Caller& the_caller, const model::Image& image,
        std::optional<std::uint64_t> announced_size, std::stop_token stop)
      : means(its_means),
        caller(the_caller),
        call{.caller = &caller, .stop = std::move(stop)},
        under_way(means.resources.quotas, caller.project_id, model::Quantity::images_under_way),
        staged(means.resources.quotas, caller.project_id),
        line(staging_line(image.id)) {
    settings.size_cap = means.limits.image_size;
    settings.announced_size = announced_size;
  }

  const Means means;
  const model::Caller caller;
  const stores::StoreCall call;
  const images::CountQuota under_way;
  const images::StagedQuota staged;
  const transfer::JournalEntry line;
  transfer::IntakeSettings settings;
  std::unique_ptr<transfer::Intake> intake;
  bool is_uploading = false;
  bool is_finished = false;

  void begin() {
    means.staging.store();  // or there is nothing to begin
    means.journal.add(line);
    means.resources.catalog.change(
        line.image_id,
        [](model::Image& image) { model::change_status(image, model::ImageStatus::uploading); },
        [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
          under_way.check(after, count);
          staged.check(after, settings.announced_size.value_or(0), count);
        });
    is_uploading = true;
    // Whatever lies there, no import will ever ask for it: the image was queued.
    means.staging.remove(line.image_id);
    intake = means.staging.receive(line.image_id, call, means.resources.digests, settings);
  }

  void undo() noexcept {
    intake = nullptr;
    try {
      if (is_uploading) undo_staging(means, line.image_id);
      means.journal.clear(line.transfer_id);
    } catch (const std::exception& failure) {
      means.unsettled.add(line.transfer_id);
      log::error("Image {} stays in status uploading for now; it is tried again and again: {}", line.image_id,
                 failure.what());
    }
  }

  void keep(std::uint64_t size) {
    means.resources.catalog.change(
        line.image_id,
        [&](model::Image& image) {
          if (image.status != model::ImageStatus::uploading) {
            throw Error(ErrorCode::gone, "The image changed its status while its data was coming in.");
          }
          image.size = size;
          image.remove_property(stage_host);
          if (!means.settings.node_url.empty()) image.set_property(stage_host, means.settings.node_url);
        },
        [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
          staged.check(after, size, count);
        });
  }
};

StagedUpload::StagedUpload(const Means& means, const model::Caller& caller, const model::Image& image,
                           std::optional<std::uint64_t> announced_size, std::stop_token stop)
    : state_(std::make_unique<State>(means, caller, image, announced_size, std::move(stop))) {
  try {
    state_->begin();
  } catch (...) {
    state_->undo();
    throw;
  }
}

StagedUpload::~StagedUpload() {
  if (!state_->is_finished) state_->undo();
}

void StagedUpload::write(Chunk chunk) {
  state_->intake->write(std::move(chunk));
}

void StagedUpload::finish() {
  const transfer::Received received = state_->intake->commit();
  try {
    state_->keep(received.size);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) {
      throw Error(ErrorCode::gone, "The image was deleted while its data was coming in.");
    }
    throw;
  }
  state_->is_finished = true;
  state_->means.journal.clear(state_->line.transfer_id);
}

}  // namespace vitrine::imports
