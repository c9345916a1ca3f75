#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "stores/driver.h"
#include "stores/driver_rules.h"
#include "stores/drivers/cinder/cinder_attachments.h"

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

  std::size_t read(MutableBytes space) override;

 private:
  struct Piece {
    std::size_t begin;  ///< what is wanted of the transfer's buffer
    std::size_t end;
    std::unique_ptr<VolumeTransfer> transfer;
  };

  void read_ahead();

  const StoreCall call_;
  const std::unique_ptr<HeldVolume> volume_;
  const std::unique_ptr<VolumeDevice> device_;
  std::uint64_t next_;  ///< offset of what is to be asked for
  const std::uint64_t end_;
  std::deque<Piece> pieces_;  ///< in the order of the volume
  std::vector<std::unique_ptr<VolumeTransfer>> spare_;
};

/// Reads nothing.
class EmptyReader : public BlobReader {
 public:
  std::size_t read(MutableBytes) override { return 0; }
};

}  // namespace vitrine::stores
