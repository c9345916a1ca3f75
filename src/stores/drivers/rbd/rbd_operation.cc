#include "stores/drivers/rbd/rbd_operation.h"

#include <rbd/librbd.h>

#include <algorithm>
#include <cassert>

#include "base/error.h"
#include "stores/drivers/rbd/rbd_error.h"

namespace vitrine::stores {
namespace {

constexpr std::size_t window_bytes = std::size_t{24} << 20;
constexpr std::size_t window_most = 16;

}  // namespace

RbdOperation::~RbdOperation() {
  wait_for_end();
}

template <class Call>
void RbdOperation::start(Kind kind, std::size_t length, const Call& call) {
  assert(!is_under_way_);
  kind_ = kind;
  length_ = length;
  result_.reset();
  const rbd_callback_t report = [](rbd_completion_t completion, void* operation) {
    const std::ptrdiff_t result = ::rbd_aio_get_return_value(completion);
    ::rbd_aio_release(completion);
    static_cast<RbdOperation*>(operation)->ended(result);
  };
  rbd_completion_t completion = nullptr;
  check_rbd(::rbd_aio_create_completion(this, report, &completion), "begin to use an image");
  is_under_way_ = true;
  const int started = call(completion);
  if (started >= 0) return;
  is_under_way_ = false;
  ::rbd_aio_release(completion);
  throw rbd_error(started, "begin to use an image");
}

void RbdOperation::start_read(const RbdImage& image, std::uint64_t offset, MutableBytes space) {
  start(Kind::read, space.size(), [&](rbd_completion_t completion) {
    return ::rbd_aio_read(image.handle(), offset, space.size(), reinterpret_cast<char*>(space.data()),
                          completion);
  });
}

/// The library copies them: see RbdCluster on its setting rbd_disable_zero_copy_writes.
void RbdOperation::start_write(const RbdImage& image, std::uint64_t offset, Bytes bytes) {
  start(Kind::write, bytes.size(), [&](rbd_completion_t completion) {
    return ::rbd_aio_write(image.handle(), offset, bytes.size(), reinterpret_cast<const char*>(bytes.data()),
                           completion);
  });
}

/// On the library's thread. The object may be gone as soon as the lock is.
void RbdOperation::ended(std::ptrdiff_t result) {
  const std::lock_guard lock(mutex_);
  result_ = result;
  is_under_way_ = false;
  changed_.notify_all();
}

bool RbdOperation::has_ended() const {
  const std::lock_guard lock(mutex_);
  return !is_under_way_;
}

void RbdOperation::wait_for_end() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !is_under_way_; });
}

void RbdOperation::wait(const StoreCall& call) {
  std::unique_lock lock(mutex_);
  const auto has_ended = [&] { return !is_under_way_; };
  if (call.deadline == Deadline::max()) {
    changed_.wait(lock, call.stop, has_ended);
  } else {
    changed_.wait_until(lock, call.stop, call.deadline, has_ended);
  }
  if (is_under_way_) {
    if (call.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The transfer was stopped");
    throw Error(ErrorCode::timed_out, "The storage cluster does not answer in time.");
  }
  if (!result_) return;
  const std::ptrdiff_t result = *result_;
  result_.reset();
  const bool is_read = kind_ == Kind::read;
  check_rbd(static_cast<int>(std::min<std::ptrdiff_t>(result, 0)),
            is_read ? "read an image" : "write an image");
  if (is_read && static_cast<std::size_t>(result) != length_)
    throw Error(ErrorCode::unavailable, "The image in the storage cluster is shorter than it was.");
}

std::size_t rbd_window(std::size_t operation_size) {
  return std::clamp<std::size_t>(window_bytes / operation_size, 2, window_most);
}

}  // namespace vitrine::stores
