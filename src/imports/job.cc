#include "imports/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
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
  return code != ErrorCode::limit_exceeded && code != ErrorCode::unsupported_media_type;
}

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

}  // namespace

/// The import's line in the journal, which goes when everything is settled: that may be long after the job if
/// a store has stalled.
struct ImportJob::Line {
  Line(transfer::Journal& its_journal, std::string task_id) : journal(its_journal), id(std::move(task_id)) {}
  ~Line() {
    if (is_settled) journal.clear(id);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  transfer::Journal& journal;
  const std::string id;
  std::atomic<bool> is_settled = false;
};

ImportJob::ImportJob(const Means& means, const ImportMethod& method, model::ImageStatus starts_from,
                     Purpose purpose, ImportRequest request, std::string task_id)
    : means_(means),
      method_(method),
      starts_from_(starts_from),
      purpose_(purpose),
      request_(std::move(request)),
      task_id_(std::move(task_id)),
      call_{.caller = &request_.caller, .stop = stop_.get_token()},
      record_(means_.resources, request_.image.id, task_id_, purpose, target_ids(request_)),
      room_(means_.resources.quotas, request_.caller.project_id, request_.image.id),
      image_(request_.image),
      line_(std::make_shared<Line>(means_.journal, task_id_)),
      last_sign_(std::chrono::steady_clock::now()) {}

ImportJob::~ImportJob() = default;

void ImportJob::amend(Amendment change) {
  change(image_);
  amendments_.push_back(std::move(change));
}

void ImportJob::run() noexcept {
  try {
    work();
  } catch (...) {
    undo(std::current_exception());
  }
}

void ImportJob::work() {
  means_.tasks.advance(task_id_, model::TaskStatus::processing, [](model::Task&) {});
  begin();
  prepare();
  bring_data();
  if (!is_recorded_) record();
  complete();
}

void ImportJob::begin() {
  const images::CountQuota under_way(means_.resources.quotas, request_.caller.project_id,
                                     model::Quantity::images_under_way);
  const images::StagedQuota staged(means_.resources.quotas, request_.caller.project_id);
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
  if (purpose_ == Purpose::copies) return;
  const Plugins& plugins = means_.settings.plugins;
  const auto needs_file = [](const auto& plugin) { return plugin->needs_file(); };
  StagedFile file;
  if (std::ranges::any_of(plugins, needs_file)) file.path = bring_to_staging();
  for (const auto& plugin : plugins) {
    if (stop_.stop_requested()) throw Error(ErrorCode::cancelled, "The import was cancelled.");
    plugin->run(*this, file);
  }
  prepared_ = file.path;
}

std::filesystem::path ImportJob::bring_to_staging() {
  ImportSource source = method_.open(*this);
  if (!source.file.empty()) return source.file;
  const auto intake =
      means_.staging.receive(image_id(), call_, means_.resources.digests,
                             {.size_cap = means_.limits.image_size, .announced_size = source.size});
  pump(*source.bytes, *intake, 1);
  intake->commit();
  copied_ = 0;
  return means_.staging.path_of(image_id());
}

/// `copies`: how often each byte will count as the project's.
void ImportJob::pump(ByteSource& source, transfer::Intake& intake, std::size_t copies) {
  for (Chunk chunk = read(source); !chunk.empty(); chunk = read(source)) {
    room_.grow_to((intake.taken() + chunk.size()) * copies);
    intake.write(std::move(chunk));
    copied_ = intake.taken();
  }
}

/// Fills the stores group by group. Later groups read what the first one got, so that the source is asked
/// once.
void ImportJob::bring_data() {
  const std::vector<stores::Store*>& targets = request_.targets;
  const std::size_t together =
      means_.settings.parallel_stores == 0 ? targets.size() : means_.settings.parallel_stores;
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
    if (stop_.stop_requested() || is_source_to_blame_ || !is_of_one_store(error.code())) throw;
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
  if (!prepared_.empty()) return means_.staging.open_file(prepared_, call_, means_.resources.buffers);
  if (gathered_.blobs.empty()) return method_.open(*this);
  const transfer::StoredBlob& blob = gathered_.blobs.front();
  return {.bytes = transfer::open_blob(*means_.resources.stores.find(blob.store_id), blob.location, call_,
                                       means_.resources.buffers),
          .size = gathered_.size};
}

transfer::IntakeSettings ImportJob::intake_settings(const ImportSource& source) const {
  transfer::IntakeSettings settings;
  settings.size_cap = means_.limits.image_size;
  settings.announced_size = source.size;
  settings.hash_algorithm = image_.os_hash_algo.value_or(means_.limits.hash_algorithm);
  if (!source.file.empty()) settings.file = source.file;
  settings.store_stall_timeout = means_.settings.store_stall_timeout;
  settings.until_gone = line_;
  settings.store_failure = request_.wish.all_stores_must_succeed ? transfer::StoreFailure::ends_the_intake
                                                                 : transfer::StoreFailure::drops_the_store;
  return settings;
}

transfer::Received ImportJob::fill(const std::vector<stores::Store*>& group, ImportSource source) {
  const std::size_t copies = request_.image.locations.size() + request_.targets.size();
  if (source.size) room_.grow_to(*source.size * copies);
  transfer::ImageChecks checks = transfer::make_checks(image_, means_.limits.formats);
  transfer::Intake intake(group, stores::BlobName{request_.image.id}, call_, means_.resources.digests,
                          std::move(checks.list), intake_settings(source));
  pump(*source.bytes, intake, copies);
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
  if (purpose_ == Purpose::first_data) return;
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
  record_.take(news, amend_all,
               [&](const model::Image&, const model::Image& after, const catalog::Counter& count) {
                 room_.settle(after, count);
               });
  unrecorded_.clear();
  is_recorded_ = true;
}

void ImportJob::complete() {
  if (purpose_ == Purpose::first_data) means_.staging.remove(image_id());
  means_.tasks.advance(task_id_, model::TaskStatus::success, [&](model::Task& task) {
    task.result = boost::json::object{{"image_id", image_id()}};
    task.message = message();
  });
  record_.release();
  clear_line();
}

/// The last word, unless a store that stalled still has to let go.
void ImportJob::clear_line() {
  line_->is_settled = true;
  line_ = nullptr;
}

std::string ImportJob::progress() const {
  return fmt::format("Copied {} MiB", copied_ / mebibyte);
}

std::string ImportJob::message() const {
  return gathered_.failed.empty() ? progress()
                                  : fmt::format("{}. {}", progress(), reasons_of(gathered_.failed));
}

void ImportJob::beat() {
  const auto now = std::chrono::steady_clock::now();
  try {
    means_.tasks.touch(task_id_, progress());
    record_.require_lock();
    last_sign_ = now;
  } catch (const Error& error) {
    // Others take a task for dead after ten heartbeats.
    if (!can_retry(error.code()) || now - last_sign_ > 5 * means_.settings.heartbeat) throw;
  }
}

// Failure.

void ImportJob::undo(const std::exception_ptr& failure) noexcept {
  try {
    const std::string reason = reason_of(failure);
    drop_unrecorded();
    if (purpose_ == Purpose::first_data) means_.staging.remove(image_id());
    give_up_record();
    means_.tasks.fail(task_id_, reason);
    record_.release();
    clear_line();
  } catch (const std::exception& error) {
    log::error("Task {}: the failed import of image {} is settled at the next start: {}", task_id_,
               image_id(), error.what());
  }
}

/// What the client is told; the log has the rest.
std::string ImportJob::reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    const std::string why_cancelled = cancellation();
    const std::string reason = why_cancelled.empty() ? error.what() : why_cancelled;
    log::warning("Task {}: the import of image {} has failed: {}", task_id_, image_id(), reason);
    if (error.code() != ErrorCode::internal || !why_cancelled.empty()) return reason;
  } catch (const std::exception& error) {
    log::error("Task {}: the import of image {} has failed: {}", task_id_, image_id(), error.what());
  }
  return fmt::format("Task failed due to Internal Error; the log tells more of task {}.", task_id_);
}

void ImportJob::cancel(std::string_view reason) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (cancellation_.empty()) cancellation_ = reason;
  }
  stop_.request_stop();
}

std::string ImportJob::cancellation() {
  const std::lock_guard lock(mutex_);
  return cancellation_;
}

void ImportJob::drop_unrecorded() noexcept {
  images::drop_blobs(image_id(), unrecorded_, means_.resources.stores);
  unrecorded_.clear();
}

void ImportJob::give_up_record() {
  try {
    record_.give_up(status_after_failure(), store_ids_of(gathered_.failed));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::gone) throw;  // whose image it is now, sees to it
  }
}

model::ImageStatus ImportJob::status_after_failure() const {
  const bool was_staged = starts_from_ == model::ImageStatus::uploading;
  return was_staged && means_.settings.failures_stay_importing ? model::ImageStatus::importing
                                                               : model::ImageStatus::queued;
}

}  // namespace vitrine::imports
