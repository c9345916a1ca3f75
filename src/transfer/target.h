#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "model/caller.h"
#include "stores/store_set.h"
#include "transfer/intake.h"

namespace vitrine::transfer {

/// One store that an Intake's blob goes to. Owns all that a call to the store needs, so that it can outlive
/// an intake that gave it up. What is not marked is used by one thread at a time.
class Target {
 public:
  /// Of `call` nothing is kept but copies. Its calls are stopped when `stop` asks. `until_gone` is kept for
  /// as long as the target.
  Target(stores::Store& store, stores::BlobName name, const stores::StoreCall& call, std::stop_token stop,
         std::shared_ptr<const void> until_gone);

  stores::Store& store() const { return store_; }

  /// Opens the writer; one that takes over the file if there is one and the store can.
  void open(std::optional<std::uint64_t> size, const std::optional<std::filesystem::path>& file);
  void write(Bytes bytes) { writer_->write(bytes); }
  void commit();

  /// What commit() made.
  StoredBlob blob() const;

  /// Whether the intake still counts on it. On any thread.
  bool takes_part() const { return takes_part_; }
  /// False if it did not take part any more. On any thread.
  bool leave() { return takes_part_.exchange(false); }

  /// The intake waits for it no longer: stops the call under way. From now on the name may be another's, so
  /// that vanish() takes back what it knows to be this target's and nothing else. On any thread.
  void give_up();

  /// Sees to it that nothing of the blob is left in the store, whatever came before. What cannot be removed
  /// is logged.
  void vanish() noexcept;
  /// As vanish(), for a caller on the store's own pool.
  void vanish_here() noexcept;

 private:
  enum class Progress {
    writing,
    in_doubt,  ///< commit() failed; the store may have done it all the same
    committed,
  };

  void remove();
  void log_leftover(const char* why) const noexcept;

  const std::shared_ptr<const void> until_gone_;  // first: it goes last
  stores::Store& store_;
  const stores::BlobName name_;
  const std::optional<model::Caller> caller_;
  std::stop_source stop_;      // of what happens for the transfer
  std::stop_source given_up_;  // of the removal of what may be another's
  const stores::StoreCall call_;
  std::stop_callback<std::function<void()>> follow_;
  std::unique_ptr<stores::BlobWriter> writer_;
  stores::Location location_;
  Progress progress_ = Progress::writing;
  std::atomic<bool> takes_part_ = true;
};

}  // namespace vitrine::transfer
