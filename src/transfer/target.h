#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "stores/store_set.h"
#include "transfer/intake.h"

namespace vitrine::transfer {

/// One store that an Intake's blob goes to. It sees the chunks like a check does; what it refuses ends the
/// intake. Used by one thread at a time.
class Target : public ChunkCheck {
 public:
  /// Opens the writer. The call outlives the target.
  Target(stores::Store& store, const stores::BlobName& name, const stores::StoreCall& call,
         std::optional<std::uint64_t> size);

  stores::Store& store() const { return store_; }

  void see(Bytes bytes) override { writer_->write(bytes); }
  void finish() override {}
  void commit();

  /// What commit() made.
  StoredBlob blob() const;

  /// Sees to it that nothing of the blob is left in the store, whatever came before. What cannot be removed
  /// is logged.
  void vanish() noexcept;

 private:
  enum class Progress {
    writing,
    in_doubt,  ///< commit() failed; the store may have done it all the same
    committed,
  };

  void remove();

  stores::Store& store_;
  const stores::BlobName name_;
  const stores::StoreCall& call_;
  std::unique_ptr<stores::BlobWriter> writer_;
  stores::Location location_;
  Progress progress_ = Progress::writing;
};

}  // namespace vitrine::transfer
