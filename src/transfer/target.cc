#include "transfer/target.h"

#include <chrono>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "threads/lane.h"

namespace vitrine::transfer {
namespace {

constexpr std::chrono::minutes removal_time{1};

}  // namespace

Target::Target(stores::Store& store, const stores::BlobName& name, const stores::StoreCall& call,
               std::optional<std::uint64_t> size)
    : store_(store), name_(name), call_(call), writer_(store.driver().create(call, name, size)) {}

void Target::commit() {
  progress_ = Progress::in_doubt;
  try {
    location_ = writer_->commit();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::duplicate) progress_ = Progress::writing;  // what lies there is another's
    throw;
  }
  progress_ = Progress::committed;
}

StoredBlob Target::blob() const {
  return {store_.id(), location_};
}

void Target::vanish() noexcept {
  writer_ = nullptr;
  if (progress_ == Progress::writing) return;
  try {
    remove();
  } catch (const std::exception& failure) {
    log::error("Store {}: the data of {}, left by a failed transfer, cannot be removed: {}", store_.id(),
               name_.text, failure.what());
  }
  progress_ = Progress::writing;
}

/// On the store's own pool, and not under the transfer's stop token or deadline: those may be why it ends.
void Target::remove() {
  const stores::StoreCall call{.caller = call_.caller, .deadline = deadline_in(removal_time)};
  threads::Lane lane(store_.pool(), 1);
  lane.post(
      [&] {
        if (progress_ == Progress::committed) {
          store_.driver().remove(call, location_);
        } else {
          store_.driver().discard(call, name_);
        }
      },
      call.stop, call.deadline);
  lane.finish(call.stop, call.deadline);
}

}  // namespace vitrine::transfer
