#include "transfer/course.h"

#include <utility>

namespace vitrine::transfer {

void Course::fail(std::exception_ptr thrown) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(thrown);
  }
  halt();
}

bool Course::lose(const FailedStore& store, std::exception_ptr thrown) {
  {
    const std::lock_guard lock(mutex_);
    lost_.push_back(store);
    if (!first_loss_) first_loss_ = std::move(thrown);
    --left_;
    if (store_failure_ == StoreFailure::drops_the_store && left_ > 0) return true;
    if (!failure_) failure_ = first_loss_;
  }
  halt();
  return false;
}

void Course::rethrow_failure() const {
  const std::lock_guard lock(mutex_);
  std::rethrow_exception(failure_);
}

std::vector<FailedStore> Course::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void Course::forget_failures() noexcept {
  std::exception_ptr first_loss;
  std::exception_ptr failure;
  const std::lock_guard lock(mutex_);
  first_loss.swap(first_loss_);
  failure.swap(failure_);
}

}  // namespace vitrine::transfer
