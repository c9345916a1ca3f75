#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/driver_rules.h"
#include "stores/drivers/rbd/rbd_connection.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_operation.h"
#include "stores/drivers/rbd_location.h"

namespace vitrine::stores {

/// Reads a stretch of an image, ahead of those who want it.
class RbdReader : public BlobReader {
 public:
  /// Opens the image. Throws Error{not_found}, Error{range_unsatisfiable}.
  RbdReader(RbdClusterPtr cluster, const RbdLocation& place, ByteRange range, const StoreCall& call);

  /// Throws Error{not_found} as soon as the image is removed.
  std::size_t read(MutableBytes space) override;

 private:
  struct Piece {
    std::size_t length;
    bool is_checked = false;
    std::unique_ptr<RbdOperation> operation;
  };

  void read_ahead();
  void prepare_first();
  void require_image() const;

  const RbdClusterPtr cluster_;
  const RbdPool& pool_;
  const StoreCall call_;
  RbdImage image_;
  std::string name_object_;
  std::uint64_t next_;  ///< offset of what is to be asked for
  std::uint64_t end_;
  std::deque<Piece> pieces_;  ///< in the order of the image
  std::size_t taken_ = 0;     ///< bytes of the first piece
  std::vector<std::unique_ptr<RbdOperation>> spare_;
};

}  // namespace vitrine::stores
