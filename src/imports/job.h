#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "imports/locked_task.h"
#include "imports/method.h"
#include "imports/record.h"
#include "imports/request.h"

namespace vitrine::imports {

/// One import, from the task that waits for its turn to the image that has its data or is as it was. What it
/// makes of the image is one change of the record at its end, so undoing it means to remove files and blobs.
/// run() on one thread; the rest is for methods and plugins on that thread, except where it says otherwise.
class ImportJob : public LockedTask {
 public:
  /// The task is stored, has the image's lock, and stands in the journal; an image that the import makes is
  /// locked when it is made.
  ImportJob(const Means& means, const ImportMethod& method, model::ImageStatus starts_from, Purpose purpose,
            ImportRequest request, std::string task_id);
  ~ImportJob() override;

  const ImportRequest& request() const { return request_; }
  /// The image as it will be once its data is there.
  const model::Image& image() const { return image_; }
  /// Changes that, and the record when the data is there.
  void amend(Amendment change);

  /// Its data will have so many bytes. Throws Error{limit_exceeded} if its project has no room for that.
  void require_room_for(std::uint64_t size);

 private:
  void work() override;
  void undo() override;
  std::string progress() const override;

  void make_image();
  void begin();
  void prepare();
  const Plugins& plugins() const;
  std::size_t copies() const;
  std::filesystem::path bring_to_staging();
  void count_staged(std::uint64_t size);
  void bring_data();
  void try_to_fill(const std::vector<stores::Store*>& group);
  ImportSource open_source();
  transfer::IntakeSettings intake_settings(const ImportSource& source) const;
  transfer::Received fill(const std::vector<stores::Store*>& group, ImportSource source);
  void pump(ByteSource& source, transfer::Intake& intake, std::size_t times);
  Chunk read(ByteSource& source);
  void require_same_data(const transfer::Received& received) const;
  void gather(transfer::Received received);
  void record();
  std::string message() const;
  void drop_unrecorded() noexcept;
  void give_up_record();
  model::ImageStatus status_after_failure() const;

  const ImportMethod& method_;
  const model::ImageStatus starts_from_;
  const Purpose purpose_;
  const ImportRequest request_;

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
};

}  // namespace vitrine::imports
