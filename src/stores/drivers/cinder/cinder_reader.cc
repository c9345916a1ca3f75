#include "stores/drivers/cinder/cinder_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace vitrine::stores {

CinderReader::CinderReader(std::unique_ptr<HeldVolume> volume, Stretch stretch, const StoreCall& call)
    : call_(call),
      volume_(std::move(volume)),
      device_(volume_->open(call, VolumeAccess::read)),
      next_(stretch.offset),
      end_(stretch.offset + stretch.length) {}

std::size_t CinderReader::read(MutableBytes space) {
  std::size_t filled = 0;
  while (filled < space.size()) {
    read_ahead();
    if (pieces_.empty()) break;
    Piece& first = pieces_.front();
    first.transfer->wait(call_);
    const std::size_t count = std::min(space.size() - filled, first.end - first.begin);
    std::memcpy(space.data() + filled, first.transfer->buffer().data() + first.begin, count);
    filled += count;
    first.begin += count;
    if (first.begin < first.end) break;
    spare_.push_back(std::move(first.transfer));
    pieces_.pop_front();
  }
  return filled;
}

void CinderReader::read_ahead() {
  while (next_ < end_ && pieces_.size() < volume_window) {
    // Whole blocks, in pieces that end where the storage's own are likely to.
    const std::uint64_t start = next_ - next_ % volume_block;
    const std::uint64_t piece_end = std::min(end_, start - start % volume_piece + volume_piece);
    const auto length = static_cast<std::size_t>(piece_end - start);
    const std::size_t whole = (length + volume_block - 1) / volume_block * volume_block;
    std::unique_ptr<VolumeTransfer> transfer;
    if (!spare_.empty() && spare_.back()->buffer().size() >= whole) {
      transfer = std::move(spare_.back());
      spare_.pop_back();
    } else {
      transfer = device_->new_transfer(whole);
    }
    transfer->start_read(start, whole);
    pieces_.push_back({static_cast<std::size_t>(next_ - start), length, std::move(transfer)});
    next_ = piece_end;
  }
}

}  // namespace vitrine::stores
