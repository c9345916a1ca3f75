#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "images/locations.h"
#include "imports/locked_task.h"
#include "stores/driver.h"
#include "transfer/intake.h"

namespace vitrine::imports {

/// A location that a client gives to a queued image.
struct LocationRequest {
  model::Caller caller;
  std::string request_id;
  model::Image image;               ///< as it was when it was asked for
  stores::Location location;        ///< may hold credentials
  std::string expected_hash_algo;   ///< empty: the client knows no digest, and the service's own is computed
  std::string expected_hash_value;  ///< lower-case hexadecimal; empty: not known
};

/// Gives an image its data by a location, and reads that data for its digests if the operator wants so. With
/// an expected digest the image becomes active when the data has it; else at once, and the digests follow.
class LocationJob : public LockedTask {
 public:
  /// The task is stored, has the image's lock, and stands in the journal.
  LocationJob(const Means& means, LocationRequest request, std::string task_id);

 private:
  void work() override;
  void undo() override;
  std::string progress() const override;

  void take_location();
  void open_image(model::Image& image) const;
  std::string compute_digests();
  transfer::Received read_patiently();
  transfer::Received read();
  void require_expected(const transfer::Received& received) const;
  void record(const transfer::Received& received);
  bool is_in_use() const { return image_.status == model::ImageStatus::active; }

  const LocationRequest request_;
  model::Image image_;  ///< as it was last stored
  std::optional<std::uint64_t> virtual_size_;
  std::atomic<std::uint64_t> read_{0};  ///< bytes
};

/// Takes back what such a task has done to an image that is not active yet: its location goes, and nothing is
/// said of data. What lies there is the client's own. An active image keeps what it has.
void undo_location(model::Image& image);

}  // namespace vitrine::imports
