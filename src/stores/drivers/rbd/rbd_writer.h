#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "stores/driver.h"
#include "stores/drivers/rbd/rbd_connection.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_leftovers.h"
#include "stores/drivers/rbd/rbd_operation.h"

namespace vitrine::stores {

/// The snapshot that readers and clones use.
inline constexpr const char* rbd_snapshot = "snap";

/// Writes an image under a name of its own, several pieces at once, and gives it the blob's name in the end.
class RbdWriter : public BlobWriter {
 public:
  /// Creates the image. Settings and leftovers are borrowed. Throws Error.
  RbdWriter(RbdClusterPtr cluster, const RbdSettings& settings, RbdLeftovers& leftovers,
            const StoreCall& call, std::string name, std::optional<std::uint64_t> size);
  ~RbdWriter() override;

  void write(Bytes bytes) override;
  Location commit() override;

 private:
  template <class Step>
  decltype(auto) noting_silence(const Step& step);
  Location publish();
  void create_image(std::uint64_t size);
  void submit();
  void wait_for_all_but(std::size_t count);
  void make_room(std::uint64_t end);
  void resize(std::uint64_t size);
  void finish_image();
  void leave_behind();
  void take_name();

  const RbdClusterPtr cluster_;
  const RbdPool& pool_;
  const RbdSettings& settings_;
  RbdLeftovers& leftovers_;
  const StoreCall call_;
  const std::string name_;
  RbdLeftover left_;  ///< if nothing comes of it
  const std::size_t piece_size_;
  std::optional<RbdImage> image_;
  std::uint64_t image_size_;
  std::uint64_t growth_;      ///< bytes of the next step
  std::uint64_t offset_ = 0;  ///< of the current piece
  std::size_t filled_ = 0;    ///< bytes of it
  std::unique_ptr<std::byte[]> piece_;
  std::deque<std::unique_ptr<RbdOperation>> operations_;  ///< under way
  bool is_committed_ = false;
  bool has_answer_ = true;  ///< false: the cluster has given none in time
};

}  // namespace vitrine::stores
