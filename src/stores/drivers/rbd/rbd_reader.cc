#include "stores/drivers/rbd/rbd_reader.h"

#include <rbd/librbd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "stores/drivers/rbd/rbd_error.h"

namespace vitrine::stores {
namespace {

constexpr std::size_t piece_size = std::size_t{4} << 20;

/// Not the image's own name: an old one is known by its header.
std::string name_object_of(const RbdImage& image, const std::string& name) {
  std::uint8_t is_old = 0;
  check_rbd(::rbd_get_old_format(image.handle(), &is_old), "ask for an image's format");
  return is_old ? name + ".rbd" : rbd_name_object(name);
}

}  // namespace

RbdReader::RbdReader(RbdClusterPtr cluster, const RbdLocation& place, ByteRange range, const StoreCall& call)
    : cluster_(std::move(cluster)),
      pool_(cluster_->pool(place.pool)),
      call_(call),
      image_(pool_, place.image, place.snapshot, RbdAccess::read),
      name_object_(name_object_of(image_, place.image)) {
  const Stretch stretch = stretch_of(range, image_.size());
  next_ = stretch.offset;
  end_ = stretch.offset + stretch.length;
}

std::size_t RbdReader::read(MutableBytes space) {
  std::size_t filled = 0;
  while (filled < space.size()) {
    read_ahead();
    if (pieces_.empty()) break;
    prepare_first();
    Piece& first = pieces_.front();
    const std::size_t count = std::min(space.size() - filled, first.length - taken_);
    std::memcpy(space.data() + filled, first.operation->buffer().data() + taken_, count);
    filled += count;
    taken_ += count;
    if (taken_ < first.length) break;
    spare_.push_back(std::move(first.operation));
    pieces_.pop_front();
    taken_ = 0;
  }
  return filled;
}

void RbdReader::read_ahead() {
  while (next_ < end_ && pieces_.size() < rbd_window(piece_size)) {
    // Pieces end where the image's objects do.
    const std::size_t to_boundary = piece_size - next_ % piece_size;
    const std::size_t length = std::min<std::uint64_t>(end_ - next_, to_boundary);
    std::unique_ptr<RbdOperation> operation;
    if (!spare_.empty() && spare_.back()->buffer().size() >= length) {
      operation = std::move(spare_.back());
      spare_.pop_back();
    } else {
      operation = std::make_unique<RbdOperation>(length);
    }
    operation->start_read(image_, next_, length);
    pieces_.push_back({.length = length, .operation = std::move(operation)});
    next_ += length;
  }
}

/// An image that is being removed reads as zeros, so what was read counts only if the image is still there
/// afterwards. One look does for all pieces that have come.
void RbdReader::prepare_first() {
  pieces_.front().operation->wait(call_);
  if (pieces_.front().is_checked) return;
  const auto end = std::find_if(pieces_.begin(), pieces_.end(),
                                [](const Piece& piece) { return !piece.operation->has_ended(); });
  require_image();
  for (auto piece = pieces_.begin(); piece != end; ++piece) piece->is_checked = true;
}

void RbdReader::require_image() const {
  if (!pool_.has_object(name_object_))
    throw Error(ErrorCode::not_found, "The image's data was removed while it was being read");
}

}  // namespace vitrine::stores
