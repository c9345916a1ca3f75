#include "stores/drivers/rbd/rbd_reader.h"

#include <rbd/librbd.h>

#include <utility>

#include "base/error.h"
#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd/rbd_operation.h"

namespace vitrine::stores {
namespace {

constexpr std::size_t piece_size = std::size_t{4} << 20;

/// Not the image's own name: an old one is known by its header.
std::string name_object_of(const RbdImage& image, const std::string& name) {
  std::uint8_t is_old = 0;
  check_rbd(::rbd_get_old_format(image.handle(), &is_old), "ask for an image's format");
  return is_old ? name + ".rbd" : rbd_name_object(name);
}

ReadAhead::Start reads_of(const RbdImage& image) {
  return [&image](std::uint64_t offset, const std::shared_ptr<std::byte[]>& memory, std::size_t length) {
    auto operation = std::make_unique<RbdOperation>();
    operation->start_read(image, offset, {memory.get(), length});
    return operation;
  };
}

}  // namespace

RbdReader::RbdReader(RbdClusterPtr cluster, const RbdLocation& place, ByteRange range, const StoreCall& call)
    : cluster_(std::move(cluster)),
      pool_(cluster_->pool(place.pool)),
      call_(call),
      image_(pool_, place.image, place.snapshot, RbdAccess::read),
      name_object_(name_object_of(image_, place.image)),
      ahead_(call_, stretch_of(range, image_.size()), {.piece = piece_size, .window = rbd_window(piece_size)},
             reads_of(image_), [this] { require_image(); }) {}

/// An image that is being removed reads as zeros, so what was read counts only if the image is still there
/// afterwards.
void RbdReader::require_image() const {
  if (!pool_.has_object(name_object_))
    throw Error(ErrorCode::not_found, "The image's data was removed while it was being read");
}

}  // namespace vitrine::stores
