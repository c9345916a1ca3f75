#include "imports/location_job.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "fetch/patience.h"
#include "imports/bookkeeping.h"
#include "transfer/download.h"
#include "transfer/image_checks.h"

namespace vitrine::imports {
void undo_location(model::Image& image) {
  image.remove_property(hash_host);
  if (image.status != model::ImageStatus::importing) return;
  model::change_status(image, model::ImageStatus::queued);
  // Nobody else can have added one meanwhile: an importing image takes none.
  if (!image.locations.empty()) image.locations.pop_back();
  image.checksum.reset();
  image.os_hash_algo.reset();
  image.os_hash_value.reset();
}

LocationJob::LocationJob(const Means& means, LocationRequest request, std::string task_id)
    : LockedTask(means, request.caller, request.image.id, std::move(task_id)),
      request_(std::move(request)),
      image_(request_.image) {}

void LocationJob::work() {
  take_location();
  complete(means().settings.computes_digests ? compute_digests() : "");
}

/// The store is asked before the catalog is locked.
void LocationJob::take_location() {
  const images::Resources& resources = means().resources;
  images::LocationEditor editor(resources.stores, resources.admission, means().limits, caller(), call().stop);
  images::LocationQuota quota(resources.quotas, caller().project_id);
  model::Image sketch = request_.image;
  editor.append(sketch, request_.location);
  editor.hold();
  quota.prepare();
  const auto edit = [&](model::Image& image) {
    require_status(image, model::ImageStatus::queued);
    editor.append(image, request_.location);
    open_image(image);
  };
  image_ = locked_image().change(
      edit, [&](const model::Image& before, const model::Image& after, const catalog::Counter& count) {
        quota.check(before, after, editor.change(), count);
      });
}

void LocationJob::open_image(model::Image& image) const {
  const ImportSettings& settings = means().settings;
  const bool is_known = !request_.expected_hash_value.empty();
  if (is_known) image.os_hash_algo = request_.expected_hash_algo;
  if (settings.computes_digests) {
    if (!is_known) image.os_hash_algo = means().limits.hash_algorithm;
    if (!settings.node_url.empty()) image.set_property(hash_host, settings.node_url);
  } else if (is_known) {
    image.os_hash_value = request_.expected_hash_value;
  }
  const bool waits = settings.computes_digests && is_known;
  model::change_status(image, waits ? model::ImageStatus::importing : model::ImageStatus::active);
}

/// What people should know of it. An image that is in use already stays so without digests, as in Glance.
std::string LocationJob::compute_digests() {
  try {
    const transfer::Received received = read_patiently();
    require_expected(received);
    record(received);
    return progress();
  } catch (const Error& error) {
    if (!is_in_use() || is_stopped() || error.code() == ErrorCode::gone) throw;
    const std::string reason = reason_of(std::current_exception());
    locked_image().change(undo_location);
    return fmt::format("The digests of the data could not be computed: {}", reason);
  }
}

transfer::Received LocationJob::read_patiently() {
  fetch::Patience patience(means().settings.reading);
  for (;;) {
    try {
      return read();
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      const auto time = patience.next_pause();
      if (!time) throw;
      log::warning("Task {}: the data of image {} is read anew, as that failed: {}", id(), image_id(),
                   error.what());
      fetch::pause(*time, call().stop);
    }
  }
}

/// Data that nobody uses yet is held against its format, too.
transfer::Received LocationJob::read() {
  const images::Resources& resources = means().resources;
  const stores::Location& location = image_.locations.back().location;
  stores::StoreCall guarded = call();
  guarded.reach = images::reach_of(location, resources.admission);
  const std::uint64_t size = image_.size.value_or(0);
  const auto source =
      transfer::open_source(resources.stores, {location}, size, std::move(guarded), resources.buffers);
  transfer::ImageChecks checks;
  if (!is_in_use()) checks = transfer::make_checks(image_, means().limits.formats);
  transfer::IntakeSettings settings;
  settings.announced_size = size;
  settings.hash_algorithm = image_.os_hash_algo.value_or(means().limits.hash_algorithm);
  transfer::Intake intake({}, stores::BlobName{image_id()}, call(), resources.digests, std::move(checks.list),
                          settings);
  for (Chunk chunk = source->read(); !chunk.empty(); chunk = source->read()) {
    intake.write(std::move(chunk));
    read_ = intake.taken();
  }
  transfer::Received received = intake.commit();
  virtual_size_ = checks.virtual_size();
  return received;
}

void LocationJob::require_expected(const transfer::Received& received) const {
  const std::string& expected = request_.expected_hash_value;
  if (expected.empty() || expected == received.hash_value) return;
  throw Error(ErrorCode::invalid,
              fmt::format("The data's {} is {}, and not the given one. Check the location and the "
                          "validation_data.",
                          received.hash_algo, received.hash_value));
}

void LocationJob::record(const transfer::Received& received) {
  image_ = locked_image().change([&](model::Image& image) {
    image.checksum = received.md5;
    image.os_hash_algo = received.hash_algo;
    image.os_hash_value = received.hash_value;
    if (virtual_size_) image.virtual_size = virtual_size_;
    image.remove_property(hash_host);
    if (image.status == model::ImageStatus::importing)
      model::change_status(image, model::ImageStatus::active);
  });
}

void LocationJob::undo() {
  try {
    locked_image().change(undo_location);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::gone) throw;  // whose image it is now, sees to it
  }
}

std::string LocationJob::progress() const {
  return fmt::format("Read {} MiB", read_ / mebibyte);
}

}  // namespace vitrine::imports
