#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "stores/store_set.h"
#include "threads/worker_pool.h"

namespace vitrine::transfer {

/// Watches the chunks that an Intake takes. Sees every byte once, in order, on one thread at a time.
class ChunkCheck {
 public:
  virtual ~ChunkCheck() = default;
  /// Throws Error to refuse the data.
  virtual void see(Bytes bytes) = 0;
  /// The data is complete; last chance to refuse it.
  virtual void finish() = 0;
};

struct IntakeSettings {
  std::uint64_t size_cap = UINT64_MAX;          ///< bytes; more throws Error{limit_exceeded}
  std::optional<std::uint64_t> announced_size;  ///< any other number of bytes throws Error{invalid}
  std::string hash_algorithm = "sha512";        ///< an OpenSSL digest; unknown throws Error{configuration}
  std::size_t lane_bound = 4;                   ///< chunks that may wait for one digest or one store
};

/// A blob as it lies in one store after the commit.
struct StoredBlob {
  std::string store_id;
  stores::Location location;
};

/// What came in.
struct Received {
  std::uint64_t size = 0;
  std::string md5;  ///< hexadecimal
  std::string hash_algo;
  std::string hash_value;         ///< hexadecimal
  std::vector<StoredBlob> blobs;  ///< in the order of the targets
};

/// Takes a blob's chunks to any number of stores at once while digests and checks watch the same chunks, each
/// on a lane of its own: md5, the multihash and the checks on the `digests` pool, each store on that store's
/// pool. The one copy loop: upload, staging, import and copies go through it. One producer at a time.
/// Destroyed before commit(), or when commit() throws, nothing is left in any store.
class Intake {
 public:
  /// Opens a writer in each store, on the calling thread. `call` must live as long as the intake. Throws
  /// Error.
  Intake(const std::vector<stores::Store*>& targets, const stores::BlobName& name,
         const stores::StoreCall& call, threads::WorkerPool& digests,
         std::vector<std::unique_ptr<ChunkCheck>> checks, const IntakeSettings& settings);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  /// Hands the chunk to every lane; blocks while one is full. Throws what a lane, a check or a writer threw.
  void write(Chunk chunk);

  /// Ends every check before the first store commits. If a later store's commit fails, what was committed
  /// before is removed again and the error thrown.
  Received commit();

  std::uint64_t taken() const;  ///< bytes so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::transfer
