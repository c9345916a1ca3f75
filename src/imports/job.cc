#include "imports/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "images/data_readers.h"
#include "images/received_data.h"
#include "transfer/download.h"
#include "transfer/image_checks.h"

namespace vitrine::imports {
namespace {

std::string reasons_of(const std::vector<transfer::FailedStore>& failures) {
  std::string text;
  for (const transfer::FailedStore& failure : failures) {
    if (!text.empty()) text += " ";
    text += fmt::format("Store {}: {}", failure.store_id, failure.reason);
  }
  return text;
}

/// What the data itself or its owner's limits are to blame for is the same for every store.
bool is_of_one_store(ErrorCode code) {
  return code != ErrorCode::limit_exceeded && code != ErrorCode::unsupported_media_type &&
         code != ErrorCode::invalid;
}

using Checks = std::vector<std::unique_ptr<transfer::ChunkCheck>>;

/// What comes from a source must be what that promises.
void add_check_of(const ImportSource& source, Checks& checks) {
  if (source.digest) checks.push_back(transfer::make_digest_check(*source.digest));
}

}  // namespace

ImportJob::ImportJob(const Means& means, const ImportMethod& method, model::ImageStatus starts_from,
                     Purpose purpose, ImportRequest request, std::string task_id)
    : LockedTask(means, request.caller, request.image.id, std::move(task_id),
                 purpose == Purpose::new_image ? Lock::taken_later : Lock::held),
      method_(method),
      starts_from_(starts_from),
      purpose_(purpose),
      request_(std::move(request)),
      record_(locked_image(), means.resources.stores, purpose, target_ids(request_)),
      room_(means.resources.quotas, caller().project_id, request_.image.id),
      image_(request_.image) {}

ImportJob::~ImportJob() = default;

void ImportJob::amend(Amendment change) {
  change(image_);
  amendments_.push_back(std::move(change));
}

void ImportJob::work() {
  if (purpose_ == Purpose::new_image) make_image();
  begin();
  prepare();
  bring_data();
  if (!is_recorded_) record();
  if (purpose_ != Purpose::copies) means().staging.remove(image_id());
  complete(message());
}

void ImportJob::make_image() {
  images::Images(means().resources, means().limits).create(caller(), request_.image);
  take_lock();
}

void ImportJob::begin() {
  const images::CountQuota under_way(means().resources.quotas, caller().project_id,
                                     model::Quantity::images_under_way);
  const images::StagedQuota staged(means().resources.quotas, caller().project_id);
  const bool was_counted = starts_from_ == model::ImageStatus::uploading;  // when it was staged
  room_.require_some_room();
  image_ = record_.begin(starts_from_,
                         [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
                           if (was_counted) return;
                           under_way.check(after, count);
                           staged.check(after, 0, count);
                         });
}

/// Lets the plugins at the data before any store gets it. Without one that needs a file, nothing is staged.
void ImportJob::prepare() {
  const auto needs_file = [](const auto& plugin) { return plugin->needs_file(); };
  StagedFile file;
  if (std::ranges::any_of(plugins(), needs_file)) file.path = bring_to_staging();
  for (const auto& plugin : plugins()) {
    if (is_stopped()) throw Error(ErrorCode::cancelled, "The import was cancelled.");
    plugin->run(*this, file);
  }
  prepared_ = file.path;
}

const Plugins& ImportJob::plugins() const {
  static const Plugins none;
  if (purpose_ == Purpose::copies) return none;
  return purpose_ == Purpose::first_data ? means().settings.plugins : means().settings.task_plugins;
}

std::filesystem::path ImportJob::bring_to_staging() {
  ImportSource source = method_.open(*this);
  if (!source.file.empty()) return source.file;
  if (source.size) count_staged(*source.size);
  Checks checks;
  add_check_of(source, checks);
  const auto intake = means().staging.receive(
      image_id(), call(), means().resources.digests,
      {.size_cap = means().limits.image_size, .announced_size = source.size}, std::move(checks));
  pump(*source.bytes, *intake, 1);
  const transfer::Received received = intake->commit();
  if (!source.size) count_staged(received.size);
  copied_ = 0;
  return means().staging.path_of(image_id());
}

/// What waits for plugins counts like data that a client has staged.
void ImportJob::count_staged(std::uint64_t size) {
  const images::StagedQuota staged(means().resources.quotas, caller().project_id);
  record_.stage(size, [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
    staged.check(after, size, count);
  });
}

std::size_t ImportJob::copies() const {
  return request_.image.locations.size() + request_.targets.size();
}

void ImportJob::require_room_for(std::uint64_t size) {
  room_.grow_to(size * copies());
}

/// `times`: how often each byte will count as the project's.
void ImportJob::pump(ByteSource& source, transfer::Intake& intake, std::size_t times) {
  for (Chunk chunk = read(source); !chunk.empty(); chunk = read(source)) {
    room_.grow_to((intake.taken() + chunk.size()) * times);
    intake.write(std::move(chunk));
    copied_ = intake.taken();
  }
}

/// Fills the stores group by group. Later groups read what the first one got, so that the source is asked
/// once.
void ImportJob::bring_data() {
  const std::vector<stores::Store*>& targets = request_.targets;
  const std::size_t together =
      means().settings.parallel_stores == 0 ? targets.size() : means().settings.parallel_stores;
  for (std::size_t first = 0; first < targets.size(); first += together) {
    const std::size_t last = std::min(first + together, targets.size());
    const std::vector<stores::Store*> group(targets.begin() + first, targets.begin() + last);
    if (request_.wish.all_stores_must_succeed) {
      gather(fill(group, open_source()));
    } else {
      try_to_fill(group);
    }
  }
  if (gathered_.blobs.empty()) {
    throw Error(ErrorCode::unavailable,
                fmt::format("None of the uploads finished! {}", reasons_of(gathered_.failed)));
  }
}

/// The image is of use as soon as one store has it, so each group is recorded by itself.
void ImportJob::try_to_fill(const std::vector<stores::Store*>& group) {
  ImportSource source = open_source();
  transfer::Received received;
  try {
    received = fill(group, std::move(source));
  } catch (const Error& error) {
    if (is_stopped() || is_source_to_blame_ || !is_of_one_store(error.code())) throw;
    locked_image().require_lock();  // or what lies in the stores may be another task's
    drop_unrecorded();
    for (const stores::Store* store : group) {
      received.failed.push_back({store->id(), error.what(), error.code()});
    }
  }
  gather(std::move(received));
  if (!gathered_.blobs.empty()) record();
}

Chunk ImportJob::read(ByteSource& source) {
  try {
    return source.read();
  } catch (...) {
    is_source_to_blame_ = true;
    throw;
  }
}

ImportSource ImportJob::open_source() {
  if (!prepared_.empty()) return means().staging.open_file(prepared_, call(), means().resources.buffers);
  if (gathered_.blobs.empty()) return method_.open(*this);
  const transfer::StoredBlob& blob = gathered_.blobs.front();
  return {.bytes = transfer::open_blob(*means().resources.stores.find(blob.store_id), blob.location, call(),
                                       means().resources.buffers),
          .size = gathered_.size};
}

transfer::IntakeSettings ImportJob::intake_settings(const ImportSource& source) const {
  transfer::IntakeSettings settings;
  settings.size_cap = means().limits.image_size;
  settings.announced_size = source.size;
  settings.hash_algorithm = image_.os_hash_algo.value_or(means().limits.hash_algorithm);
  if (!source.file.empty()) settings.file = source.file;
  settings.store_stall_timeout = means().settings.store_stall_timeout;
  settings.until_gone = until_settled();
  settings.store_failure = request_.wish.all_stores_must_succeed ? transfer::StoreFailure::ends_the_intake
                                                                 : transfer::StoreFailure::drops_the_store;
  return settings;
}

transfer::Received ImportJob::fill(const std::vector<stores::Store*>& group, ImportSource source) {
  if (source.size) require_room_for(*source.size);
  transfer::ImageChecks checks = transfer::make_checks(image_, means().limits.formats);
  add_check_of(source, checks.list);
  transfer::Intake intake(group, stores::BlobName{request_.image.id}, call(), means().resources.digests,
                          std::move(checks.list), intake_settings(source));
  pump(*source.bytes, intake, copies());
  transfer::Received received = intake.commit();
  unrecorded_.insert(unrecorded_.end(), received.blobs.begin(), received.blobs.end());
  require_same_data(received);
  virtual_size_ = checks.virtual_size();
  return received;
}

/// A copy must be what the image is, and so must be what a later group read back.
void ImportJob::require_same_data(const transfer::Received& received) const {
  const auto require_same = [](std::string_view what, const auto& expected, const auto& found) {
    if (!expected || *expected == found) return;
    throw Error(ErrorCode::internal,
                fmt::format("{} of uploaded data is different from current value set on the image.", what));
  };
  if (purpose_ != Purpose::copies) return;
  require_same("size", image_.size, received.size);
  require_same("checksum", image_.checksum, received.md5);
  require_same("os_hash_value", image_.os_hash_value, received.hash_value);
}

void ImportJob::gather(transfer::Received received) {
  transfer::Received& all = gathered_;
  const bool is_first = all.blobs.empty();
  std::vector<transfer::StoredBlob> blobs = std::move(all.blobs);
  std::vector<transfer::FailedStore> failed = std::move(all.failed);
  blobs.insert(blobs.end(), received.blobs.begin(), received.blobs.end());
  failed.insert(failed.end(), received.failed.begin(), received.failed.end());
  if (is_first) all = std::move(received);
  all.blobs = std::move(blobs);
  all.failed = std::move(failed);
}

/// Tells the record what it does not know yet.
void ImportJob::record() {
  transfer::Received news = gathered_;
  news.blobs = unrecorded_;
  const auto amend_all = [&](model::Image& image) {
    for (const Amendment& amendment : amendments_) amendment(image);
    image.virtual_size = virtual_size_;
  };
  const auto condition = [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
    room_.settle(after, count);
  };
  const model::Image image = record_.take(news, amend_all, condition);
  images::let_read_new_data(means().resources, call(), image);
  unrecorded_.clear();
  is_recorded_ = true;
}

std::string ImportJob::progress() const {
  return fmt::format("Copied {} MiB", copied_ / mebibyte);
}

std::string ImportJob::message() const {
  return gathered_.failed.empty() ? progress()
                                  : fmt::format("{}. {}", progress(), reasons_of(gathered_.failed));
}

void ImportJob::undo() {
  drop_unrecorded();
  if (purpose_ != Purpose::copies) means().staging.remove(image_id());
  give_up_record();
}

void ImportJob::drop_unrecorded() noexcept {
  images::drop_blobs(call().caller, image_id(), unrecorded_, means().resources.stores);
  unrecorded_.clear();
}

void ImportJob::give_up_record() {
  if (purpose_ == Purpose::new_image && is_recorded_) return;
  try {
    record_.give_up(status_after_failure(), store_ids_of(gathered_.failed));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::gone) throw;  // whose image it is now, sees to it
  }
}

model::ImageStatus ImportJob::status_after_failure() const {
  const bool was_staged = starts_from_ == model::ImageStatus::uploading;
  return was_staged && means().settings.failures_stay_importing ? model::ImageStatus::importing
                                                                : model::ImageStatus::queued;
}

}  // namespace vitrine::imports
