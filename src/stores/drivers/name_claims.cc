#include "stores/drivers/name_claims.h"

#include "base/error.h"

namespace vitrine::stores {

NameClaims::Claim NameClaims::claim(const std::string& name, const StoreCall& call) {
  std::unique_lock lock(mutex_);
  const bool is_free =
      changed_.wait_until(lock, call.stop, call.deadline, [&] { return !claimed_.contains(name); });
  if (!is_free) {
    if (call.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The call to the store was cancelled");
    throw Error(ErrorCode::timed_out, "The store is still busy with data of the same name");
  }
  claimed_.insert(name);
  return Claim(*this, name);
}

void NameClaims::end(const std::string& name) {
  const std::lock_guard lock(mutex_);
  claimed_.erase(name);
  changed_.notify_all();
}

}  // namespace vitrine::stores
