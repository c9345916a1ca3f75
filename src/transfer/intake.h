#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
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

/// What becomes of an intake when a store refuses data, fails or stalls.
enum class StoreFailure {
  ends_the_intake,
  drops_the_store,  ///< the others go on; without any left the intake throws what the first one threw
};

struct IntakeSettings {
  std::uint64_t size_cap = UINT64_MAX;          ///< bytes; more throws Error{limit_exceeded}
  std::optional<std::uint64_t> announced_size;  ///< any other number of bytes throws Error{invalid}
  /// An OpenSSL digest; unknown throws Error{configuration}. Empty: neither this digest nor md5 is computed.
  std::string hash_algorithm = "sha512";
  std::size_t lane_bound = 4;  ///< chunks that may wait for one digest or one store
  StoreFailure store_failure = StoreFailure::ends_the_intake;
  /// A store that has work and gets none of it done for so long, while the producer waits, has failed; nobody
  /// waits for its call under way. 0: stores may take as long as they like.
  std::chrono::milliseconds store_stall_timeout{0};
  /// The file whose bytes are pushed, complete and not to be changed any more: a store that can makes a hard
  /// link to it instead of writing them.
  std::optional<std::filesystem::path> file = std::nullopt;
  /// Released when the intake is gone, and when a store that it gave up has no more of the blob: on whatever
  /// thread that is.
  std::shared_ptr<const void> until_gone = nullptr;
};

/// A blob as it lies in one store after the commit.
struct StoredBlob {
  std::string store_id;
  stores::Location location;
};

/// A store that was dropped.
struct FailedStore {
  std::string store_id;
  std::string reason;  ///< fit for people, whatever the code
  ErrorCode code = ErrorCode::internal;
};

/// What came in. The digests are empty if none were asked for.
struct Received {
  std::uint64_t size = 0;
  std::string md5;  ///< hexadecimal
  std::string hash_algo;
  std::string hash_value;           ///< hexadecimal
  std::vector<StoredBlob> blobs;    ///< in the order of the targets
  std::vector<FailedStore> failed;  ///< in the order in which they were dropped
};

/// Takes a blob's chunks to any number of stores at once while digests and checks watch the same chunks, each
/// on a lane of its own: md5, the multihash and the checks on the `digests` pool, each store on that store's
/// pool. The one copy loop: upload, staging, import and copies go through it. One producer at a time.
/// Destroyed before commit(), or when commit() throws, nothing is left in any store. Of a store that stalls
/// nothing is left once its call under way returns; what it may have committed without saying so is logged.
class Intake {
 public:
  /// Opens a writer in each store; on the calling thread, unless there is a stall timeout. Throws Error: of
  /// several stores it names the one that failed.
  Intake(const std::vector<stores::Store*>& targets, const stores::BlobName& name,
         const stores::StoreCall& call, threads::WorkerPool& digests,
         std::vector<std::unique_ptr<ChunkCheck>> checks, const IntakeSettings& settings);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  /// Hands the chunk to every lane; blocks while one is full. Throws what a lane, a check or a writer threw.
  void write(Chunk chunk);

  /// Ends every check before the first store commits. If a later store's commit fails, what was committed
  /// before is removed again and the error thrown, unless the store is only to be dropped.
  Received commit();

  std::uint64_t taken() const;  ///< bytes so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::transfer
