#include "transfer/target.h"

#include <chrono>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/driver_rules.h"
#include "threads/lane.h"

namespace vitrine::transfer {
namespace {

constexpr std::chrono::minutes removal_time{1};

}  // namespace

Target::Target(stores::Store& store, stores::BlobName name, const stores::StoreCall& call,
               std::stop_token stop, std::shared_ptr<const void> until_gone)
    : until_gone_(std::move(until_gone)),
      store_(store),
      name_(std::move(name)),
      caller_(stores::caller_of(call)),
      call_{caller_ ? &*caller_ : nullptr, call.deadline, stop_.get_token()},
      follow_(std::move(stop), [this] { stop_.request_stop(); }) {}

void Target::open(std::optional<std::uint64_t> size, const std::optional<std::filesystem::path>& file) {
  stores::Driver& driver = store_.driver();
  stores::Adopt* adopt = file ? driver.abilities().adopt : nullptr;
  if (adopt) writer_ = adopt->adopt(call_, name_, *file);
  if (!writer_) writer_ = driver.create(call_, name_, size);
}

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

void Target::give_up() {
  given_up_.request_stop();
  stop_.request_stop();
}

/// On the store's own pool, and not under the transfer's stop token or deadline: those may be why it ends.
void Target::vanish() noexcept {
  writer_ = nullptr;
  if (progress_ == Progress::writing) return;
  try {
    const Deadline deadline = deadline_in(removal_time);
    threads::Lane lane(store_.pool(), 1);
    lane.post([this] { vanish_here(); }, {}, deadline);
    lane.finish({}, deadline);
  } catch (const std::exception& failure) {
    log_leftover(failure.what());
  }
}

void Target::vanish_here() noexcept {
  writer_ = nullptr;
  if (progress_ == Progress::writing) return;
  try {
    remove();
  } catch (const std::exception& failure) {
    log_leftover(failure.what());
  }
  progress_ = Progress::writing;
}

void Target::remove() {
  stores::StoreCall call{.caller = call_.caller, .deadline = deadline_in(removal_time)};
  if (progress_ == Progress::committed) return store_.driver().remove(call, location_);
  if (given_up_.stop_requested()) {
    throw Error(ErrorCode::timed_out, "the store did not say whether it has the data, and was given up");
  }
  call.stop = given_up_.get_token();
  store_.driver().discard(call, name_);
}

void Target::log_leftover(const char* why) const noexcept {
  log::error("Store {}: the data of {}, left by a failed transfer, cannot be removed: {}", store_.id(),
             name_.text, why);
}

}  // namespace vitrine::transfer
