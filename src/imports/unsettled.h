#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace vitrine::imports {

/// The lines of the journal whose work has ended in this process, but could not be settled then: the database
/// was away, or another task works on the image. May be shared between threads.
class Unsettled {
 public:
  void add(std::string_view transfer_id) {
    const std::lock_guard lock(mutex_);
    ids_.emplace(transfer_id);
  }

  void remove(std::string_view transfer_id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = ids_.find(transfer_id); found != ids_.end()) ids_.erase(found);
  }

  bool contains(std::string_view transfer_id) const {
    const std::lock_guard lock(mutex_);
    return ids_.contains(transfer_id);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> ids_;
};

}  // namespace vitrine::imports
