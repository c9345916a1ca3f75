#include "stores/drivers/cinder/cinder_reader.h"

#include <utility>

namespace vitrine::stores {
namespace {

ReadAhead::Start reads_of(VolumeDevice& device) {
  return [&device](std::uint64_t offset, const VolumeMemory& memory, std::size_t length) {
    auto transfer = device.new_transfer();
    transfer->start_read(offset, memory, length);
    return transfer;
  };
}

}  // namespace

/// Whole blocks, in pieces that end where the storage's own are likely to.
CinderReader::CinderReader(std::unique_ptr<HeldVolume> volume, Stretch stretch, const StoreCall& call)
    : call_(call),
      volume_(std::move(volume)),
      device_(volume_->open(call, VolumeAccess::read)),
      ahead_(call_, stretch, {.piece = volume_piece, .window = volume_window, .block = volume_block},
             reads_of(*device_)) {}

}  // namespace vitrine::stores
