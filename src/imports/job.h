#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "images/images.h"
#include "images/tasks.h"
#include "imports/method.h"
#include "imports/record.h"
#include "imports/request.h"
#include "imports/settings.h"
#include "imports/staging.h"
#include "imports/task_runner.h"

namespace vitrine::imports {

/// What imports work with. Everything is borrowed and outlives them.
struct Means {
  const images::Resources& resources;
  const images::Limits& limits;
  images::Tasks& tasks;
  transfer::Journal& journal;  ///< imports and staged uploads under way
  const Staging& staging;
  const ImportSettings& settings;
};

/// One import, from the task that waits for its turn to the image that has its data or is as it was. What it
/// makes of the image is one change of the record at its end, so undoing it means to remove files and blobs.
/// run() on one thread; the rest is for methods and plugins on that thread, except where it says otherwise.
class ImportJob : public BackgroundTask {
 public:
  /// The task is stored, has the image's lock, and stands in the journal.
  ImportJob(const Means& means, const ImportMethod& method, model::ImageStatus starts_from, Purpose purpose,
            ImportRequest request, std::string task_id);
  ~ImportJob() override;

  const std::string& id() const override { return task_id_; }
  const std::string& image_id() const override { return request_.image.id; }
  void run() noexcept override;
  void cancel(std::string_view reason) noexcept override;
  void beat() override;

  const ImportRequest& request() const { return request_; }
  const Means& means() const { return means_; }

  /// What readers and writers of this import are called with: the requester, and the token that ends it.
  const stores::StoreCall& call() const { return call_; }

  /// The image as it will be once its data is there.
  const model::Image& image() const { return image_; }
  /// Changes that, and the record when the data is there.
  void amend(Amendment change);

 private:
  struct Line;

  void work();
  void begin();
  void prepare();
  std::filesystem::path bring_to_staging();
  void bring_data();
  void try_to_fill(const std::vector<stores::Store*>& group);
  ImportSource open_source();
  transfer::IntakeSettings intake_settings(const ImportSource& source) const;
  transfer::Received fill(const std::vector<stores::Store*>& group, ImportSource source);
  void pump(ByteSource& source, transfer::Intake& intake, std::size_t copies);
  Chunk read(ByteSource& source);
  void require_same_data(const transfer::Received& received) const;
  void gather(transfer::Received received);
  void record();
  void complete();
  void clear_line();
  std::string progress() const;
  std::string message() const;

  void undo(const std::exception_ptr& failure) noexcept;
  std::string reason_of(const std::exception_ptr& failure);
  std::string cancellation();
  void drop_unrecorded() noexcept;
  void give_up_record();
  model::ImageStatus status_after_failure() const;

  const Means means_;
  const ImportMethod& method_;
  const model::ImageStatus starts_from_;
  const Purpose purpose_;
  const ImportRequest request_;
  const std::string task_id_;

  std::stop_source stop_;
  stores::StoreCall call_;
  ImportRecord record_;
  images::Reservation room_;
  model::Image image_;
  std::vector<Amendment> amendments_;

  std::filesystem::path prepared_;  ///< the data as plugins left it; empty: as the source has it
  transfer::Received gathered_;     ///< of all stores that have been asked
  std::vector<transfer::StoredBlob> unrecorded_;  ///< committed, but the record does not say so yet
  std::optional<std::uint64_t> virtual_size_;     ///< of that data
  bool is_source_to_blame_ = false;
  bool is_recorded_ = false;
  std::atomic<std::uint64_t> copied_{0};  ///< bytes

  std::shared_ptr<Line> line_;
  std::chrono::steady_clock::time_point last_sign_;  ///< of life, on the thread of beat()
  std::mutex mutex_;
  std::string cancellation_;  ///< why
};

}  // namespace vitrine::imports
