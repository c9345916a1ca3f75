#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "fetch/reach.h"
#include "model/caller.h"
#include "model/image.h"

namespace vitrine::stores {

using model::Location;

/// What a call to a driver carries besides its subject. Borrowed for the length of the call, or of the reader
/// or writer that the call returned.
struct StoreCall {
  const model::Caller* caller = nullptr;  ///< null: the service itself
  Deadline deadline = Deadline::max();
  std::stop_token stop;
  /// What a driver may connect to whose locations name any server, as http does. Others know their servers.
  fetch::Reach reach = {};
};

/// The name under which a store keeps a blob: the image's id.
struct BlobName {
  std::string text;
};

/// A blob being read. Destroyed, it is closed.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  /// Fills as much of the space as there is data for; 0 is the end. Throws Error.
  virtual std::size_t read(MutableBytes space) = 0;
  /// What comes next in memory of the reader's own, which saves a copy; at most 1 MiB. Empty if it has none
  /// to lend, then read() goes on. Throws Error. The chunk may outlive the reader.
  virtual Chunk lend() { return {}; }
};

/// A blob being written. Destroyed before commit(), it leaves nothing behind.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual void write(Bytes bytes) = 0;
  /// Makes the blob visible under its name, durably, and tells where it lies. Throws Error{duplicate} if
  /// another writer was first. Called at most once, nothing is written afterwards.
  virtual Location commit() = 0;
};

/// Ability: the blob can be had as an open file, for sendfile(2).
class FileHandles {
 public:
  virtual ~FileHandles() = default;
  /// The file and the stretch of it that the range means. Throws Error{not_found},
  /// Error{range_unsatisfiable}.
  virtual FileRange open_file(const StoreCall& call, const Location& location, ByteRange range) = 0;
};

struct Space {
  std::uint64_t total = 0;  ///< bytes
  std::uint64_t free = 0;   ///< bytes that this service may still write
};

/// Ability: the store knows how much room it has.
class Capacity {
 public:
  virtual ~Capacity() = default;
  virtual Space space(const StoreCall& call) = 0;
};

/// Ability: the store can name what it holds; for orphan search.
class Listing {
 public:
  virtual ~Listing() = default;
  virtual std::vector<std::string> list(const StoreCall& call) = 0;
};

/// Ability: the store can take over a finished file of its own file system by a hard link.
class Adopt {
 public:
  virtual ~Adopt() = default;
  /// As Driver::create() for a blob that gets the bytes of `file`, which may be removed afterwards, but not
  /// changed. The writer's write() only counts; its commit() throws Error{invalid} unless as many bytes came
  /// as the file has. Null: the store cannot link to this file, so create() must do. Throws
  /// Error{not_found} if there is no such file.
  virtual std::unique_ptr<BlobWriter> adopt(const StoreCall& call, const BlobName& name,
                                            const std::filesystem::path& file) = 0;
};

/// Who may read a blob besides the project that it belongs to.
struct BlobReaders {
  bool is_everybody = false;
  std::vector<std::string> project_ids = {};  ///< of those who may if not everybody may
};

/// Ability: the store asks who is reading, and keeps a list of its own for each blob.
class AccessLists {
 public:
  virtual ~AccessLists() = default;
  /// Replaces the blob's list. Throws Error{not_found} if nothing is there.
  virtual void let_read(const StoreCall& call, const Location& location, const BlobReaders& readers) = 0;
};

/// Ability: the store can find out that a blob is its own where the URI does not tell.
class Recognition {
 public:
  virtual ~Recognition() = default;
  /// The URI as the store itself writes it today; nothing: the blob is not one of its own.
  virtual std::optional<std::string> own_uri(const StoreCall& call, const Location& location) = 0;
};

/// What a driver can do beyond the seam. Pointers are borrowed from the driver; null means it cannot.
struct Abilities {
  bool can_read = true;
  bool can_write = true;
  FileHandles* files = nullptr;
  Capacity* capacity = nullptr;
  Listing* listing = nullptr;
  Adopt* adopt = nullptr;
  AccessLists* access_lists = nullptr;
  Recognition* recognition = nullptr;
};

/// Code for one storage technology, configured as one store. Calls block. Serves many threads at once; a
/// reader or writer that it returned serves one thread at a time. Vendor errors become Error where they
/// happen.
class Driver {
 public:
  virtual ~Driver() = default;

  virtual Abilities abilities() const = 0;

  /// Starts a blob. Throws Error{duplicate} if the name is taken, Error{storage_full} if `size` is known not
  /// to fit, Error{gone} if the store takes no data. Without a size the blob grows as it is written.
  virtual std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                             std::optional<std::uint64_t> size) = 0;
  /// Throws Error{not_found} if nothing is there, Error{range_unsatisfiable} if the offset lies beyond the
  /// end.
  virtual std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location,
                                           ByteRange range) = 0;
  /// Bytes of the blob. Throws Error{not_found}.
  virtual std::uint64_t size(const StoreCall& call, const Location& location) = 0;
  /// Throws Error{not_found} if nothing is there, Error{conflict} if the blob is in use.
  virtual void remove(const StoreCall& call, const Location& location) = 0;
  /// Removes whatever an unfinished create, or one committed but not recorded, left under the name after a
  /// crash. Nothing there is fine.
  virtual void discard(const StoreCall& call, const BlobName& name) = 0;
};

}  // namespace vitrine::stores
