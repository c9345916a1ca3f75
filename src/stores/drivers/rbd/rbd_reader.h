#pragma once

#include <string>

#include "stores/driver.h"
#include "stores/drivers/rbd/rbd_connection.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd_location.h"
#include "stores/read_ahead.h"

namespace vitrine::stores {

/// Reads a stretch of an image, ahead of those who want it.
class RbdReader : public BlobReader {
 public:
  /// Opens the image. Throws Error{not_found}, Error{range_unsatisfiable}.
  RbdReader(RbdClusterPtr cluster, const RbdLocation& place, ByteRange range, const StoreCall& call);

  /// Throws Error{not_found} as soon as the image is removed.
  std::size_t read(MutableBytes space) override { return ahead_.read(space); }
  /// Throws likewise.
  Chunk lend() override { return ahead_.lend(); }

 private:
  void require_image() const;

  const RbdClusterPtr cluster_;
  const RbdPool& pool_;
  const StoreCall call_;
  const RbdImage image_;
  const std::string name_object_;
  ReadAhead ahead_;  // last: its reads end before the image
};

}  // namespace vitrine::stores
