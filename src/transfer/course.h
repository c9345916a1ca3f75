#pragma once

#include <cstddef>
#include <exception>
#include <mutex>
#include <stop_token>
#include <vector>

#include "transfer/intake.h"

namespace vitrine::transfer {

/// Whether an intake goes on, and without which stores. May be shared between threads; lives on for a store
/// that the intake gave up.
class Course {
 public:
  Course(StoreFailure store_failure, std::size_t stores) : store_failure_(store_failure), left_(stores) {}

  /// Asks when nothing is to go on for this blob.
  std::stop_token stop() const { return halt_.get_token(); }
  bool is_over() const { return halt_.stop_requested(); }
  void halt() { halt_.request_stop(); }

  /// Ends the intake. The first failure is the one that counts.
  void fail(std::exception_ptr thrown);
  /// A store fails, which is `thrown` from the intake if it ends. Returns whether it goes on without the
  /// store.
  bool lose(const FailedStore& store, std::exception_ptr thrown);

  [[noreturn]] void rethrow_failure() const;
  std::vector<FailedStore> lost() const;

  /// The intake is gone. Releases what it threw, on its own thread: exceptions count their owners where the
  /// thread sanitizer cannot see it, so the last owner must not be a store that was given up.
  void forget_failures() noexcept;

 private:
  const StoreFailure store_failure_;
  std::stop_source halt_;
  mutable std::mutex mutex_;
  std::size_t left_;  // stores
  std::vector<FailedStore> lost_;
  std::exception_ptr first_loss_;
  std::exception_ptr failure_;
};

}  // namespace vitrine::transfer
