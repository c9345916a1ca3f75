#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "stores/driver.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/read_ahead.h"

namespace vitrine::stores {

/// An asynchronous read or write of an image. Used by one thread; the library's own thread reports the end.
/// Destroyed while under way, it waits for the end.
class RbdOperation : public PendingTransfer {
 public:
  RbdOperation() = default;
  ~RbdOperation() override;
  RbdOperation(const RbdOperation&) = delete;
  RbdOperation& operator=(const RbdOperation&) = delete;

  /// Fills the space from the offset. The space is the library's until the end. Throws Error.
  void start_read(const RbdImage& image, std::uint64_t offset, MutableBytes space);
  /// The bytes may be changed as soon as it returns. Throws Error.
  void start_write(const RbdImage& image, std::uint64_t offset, Bytes bytes);

  bool has_ended() const override;
  /// Waits for the end of what was started; at once if nothing is under way. Throws Error if it failed or
  /// ended short, Error{timed_out} at the deadline, Error{cancelled} when asked to stop: then it goes on.
  void wait(const StoreCall& call) override;

 private:
  enum class Kind { read, write };
  template <class Call>
  void start(Kind kind, std::size_t length, const Call& call);
  void ended(std::ptrdiff_t result);
  void wait_for_end();

  Kind kind_ = Kind::read;
  std::size_t length_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_under_way_ = false;
  std::optional<std::ptrdiff_t> result_;  ///< of what has ended and nobody has waited for
};

/// How many operations of this size are worth having under way at once: enough to hide a distant cluster's
/// delay, and few enough for 64 MiB to do for all that a transfer needs.
std::size_t rbd_window(std::size_t operation_size);

}  // namespace vitrine::stores
