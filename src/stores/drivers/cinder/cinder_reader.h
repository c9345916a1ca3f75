#pragma once

#include <cstddef>
#include <memory>

#include "stores/driver.h"
#include "stores/driver_rules.h"
#include "stores/drivers/cinder/cinder_attachments.h"
#include "stores/read_ahead.h"

namespace vitrine::stores {

/// How much is read or written at once, and how many of these are under way at a time: enough to hide a
/// distant server's delay, within 24 MiB.
inline constexpr std::size_t volume_piece = std::size_t{4} << 20;
inline constexpr std::size_t volume_window = 6;

/// Reads a stretch of an attached volume, ahead of those who want it.
class CinderReader : public BlobReader {
 public:
  /// Opens the volume. Throws as VolumeConnector::open().
  CinderReader(std::unique_ptr<HeldVolume> volume, Stretch stretch, const StoreCall& call);

  std::size_t read(MutableBytes space) override { return ahead_.read(space); }
  Chunk lend() override { return ahead_.lend(); }

 private:
  const StoreCall call_;
  const std::unique_ptr<HeldVolume> volume_;
  const std::unique_ptr<VolumeDevice> device_;
  ReadAhead ahead_;  // last: its reads end before the device
};

/// Reads nothing.
class EmptyReader : public BlobReader {
 public:
  std::size_t read(MutableBytes) override { return 0; }
};

}  // namespace vitrine::stores
