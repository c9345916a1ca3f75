#include "transfer/download.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/driver_rules.h"

namespace vitrine::transfer {
namespace {

/// What the reader lends, or a buffer of what it reads: `most` bytes. Empty: the end.
Chunk next_chunk(stores::BlobReader& reader, const stores::StoreCall& call, threads::BufferSource& buffers,
                 std::uint64_t most) {
  if (Chunk lent = reader.lend(); !lent.empty()) return lent;
  threads::Buffer buffer = buffers.take(call.deadline, call.stop);
  const std::size_t count =
      reader.read(buffer.space().first(std::min<std::uint64_t>(buffer.capacity(), most)));
  return count == 0 ? Chunk() : buffer.freeze(count);
}

/// Most bytes of a chunk: few at first, and from a store that is slow, as whoever reads gets none before the
/// last of them is there.
class Portion {
 public:
  std::uint64_t bytes() const { return bytes_; }

  /// A read of so many bytes took so long.
  void note(std::size_t count, std::chrono::steady_clock::duration time) {
    if (time > slow) bytes_ = std::max(bytes_ / 2, fewest);
    if (time < quick && count >= bytes_) bytes_ *= 2;
  }

 private:
  static constexpr std::uint64_t fewest = std::uint64_t{64} << 10;
  static constexpr std::chrono::milliseconds quick{25};
  static constexpr std::chrono::milliseconds slow{100};

  std::uint64_t bytes_ = fewest;
};

/// A blob pulled from the first of its locations that answers, and from the next ones when that fails.
class FailoverSource : public Fallback {
 public:
  FailoverSource(const stores::StoreSet& stores, const std::vector<stores::Location>& locations,
                 stores::Stretch stretch, stores::StoreCall call, threads::BufferSource& buffers);

  /// Opens the first location that answers. A file's range is returned; otherwise the first chunk is ready.
  std::optional<FileRange> begin();

  Chunk read() override;
  void resume(std::uint64_t sent, std::exception_ptr failure) override;

  stores::Store& store() const { return *store_; }

 private:
  FileRange open_file(stores::FileHandles& files) const;
  Chunk pull();
  void use_next_location();
  void give_up_location(const Error& error);
  void note(const Error& error);
  bool is_over() const;

  const stores::StoreSet& stores_;
  const std::vector<stores::Location> locations_;
  const std::optional<model::Caller> caller_;
  const stores::StoreCall call_;
  threads::BufferSource& buffers_;
  stores::Stretch rest_;  ///< what is still to come

  std::size_t next_ = 0;            ///< in locations_
  stores::Store* store_ = nullptr;  ///< of the location in use, which is the one before next_
  std::unique_ptr<stores::BlobReader> reader_;
  Portion portion_;
  bool has_given_ = false;  ///< bytes of this location, which cannot be called back
  Chunk first_;
  std::optional<Error> failure_;  ///< what is thrown when no location is left
};

FailoverSource::FailoverSource(const stores::StoreSet& stores, const std::vector<stores::Location>& locations,
                               stores::Stretch stretch, stores::StoreCall call,
                               threads::BufferSource& buffers)
    : stores_(stores),
      locations_(locations),
      caller_(stores::caller_of(call)),
      call_{caller_ ? &*caller_ : nullptr, call.deadline, std::move(call.stop), call.reach},
      buffers_(buffers),
      rest_(stretch) {
  use_next_location();
}

Error too_short(std::uint64_t offset) {
  return {ErrorCode::internal, fmt::format("The stored data ends early, at byte {}.", offset)};
}

FileRange FailoverSource::open_file(stores::FileHandles& files) const {
  FileRange range = files.open_file(call_, locations_[next_ - 1], {rest_.offset, rest_.length});
  struct stat status {};
  if (::fstat(range.file.get(), &status) != 0) throw system_error(errno, "look at a store's file");
  const auto file_size = static_cast<std::uint64_t>(status.st_size);
  if (range.length < rest_.length || range.offset + range.length > file_size) throw too_short(file_size);
  range.length = rest_.length;
  return range;
}

std::optional<FileRange> FailoverSource::begin() {
  for (;;) {
    try {
      stores::Driver& driver = store_->driver();
      if (stores::FileHandles* files = driver.abilities().files) return open_file(*files);
      if (rest_.length > 0) {
        first_ = pull();
      } else {
        driver.size(call_, locations_[next_ - 1]);  // no byte to wait for, so ask whether the blob is there
      }
      return {};
    } catch (const Error& error) {
      give_up_location(error);
    }
  }
}

Chunk FailoverSource::read() {
  if (!first_.empty()) return std::exchange(first_, {});
  while (rest_.length > 0) {
    try {
      return pull();
    } catch (const Error& error) {
      give_up_location(error);
    }
  }
  return {};
}

void FailoverSource::resume(std::uint64_t sent, std::exception_ptr failure) {
  rest_.offset += sent;
  rest_.length -= sent;
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    give_up_location(error);
  }
}

Chunk FailoverSource::pull() {
  if (!reader_) reader_ = store_->driver().open(call_, locations_[next_ - 1], {rest_.offset, rest_.length});
  const auto start = std::chrono::steady_clock::now();
  Chunk chunk = next_chunk(*reader_, call_, buffers_, std::min(portion_.bytes(), rest_.length));
  portion_.note(chunk.size(), std::chrono::steady_clock::now() - start);
  if (chunk.empty()) throw too_short(rest_.offset);
  rest_.offset += chunk.size();
  rest_.length -= chunk.size();
  has_given_ = true;
  return chunk;
}

void FailoverSource::use_next_location() {
  while (next_ < locations_.size()) {
    store_ = stores_.holding(locations_[next_++]);
    if (store_ && store_->driver().abilities().can_read) return;
    note(Error(ErrorCode::unavailable, "No store of this service can read a location of the image."));
  }
  throw failure_.value_or(Error(ErrorCode::not_found, "The image's data is in none of its stores."));
}

void FailoverSource::give_up_location(const Error& error) {
  reader_ = nullptr;
  const bool has_given = std::exchange(has_given_, false);
  if (is_over() || (has_given && error.code() == ErrorCode::damaged)) throw error;
  // The catalog says how long the blob is, so a range that it allows is never the client's mistake.
  const Error fault = error.code() == ErrorCode::range_unsatisfiable ? too_short(rest_.offset) : error;
  log::warning("Store {} failed to read a blob at byte {}: {}", store_->id(), rest_.offset, fault.what());
  note(fault);
  use_next_location();
}

/// A blob that one store lost is in the others, so `not_found` counts only if all of them say so.
void FailoverSource::note(const Error& error) {
  if (error.code() != ErrorCode::not_found) failure_ = error;
}

bool FailoverSource::is_over() const {
  return call_.stop.stop_requested() || std::chrono::steady_clock::now() >= call_.deadline;
}

/// A blob pulled from the one store that has it.
class BlobSource : public ByteSource {
 public:
  BlobSource(stores::Store& store, const stores::Location& location, const stores::StoreCall& call,
             threads::BufferSource& buffers)
      : reader_(store.driver().open(call, location, {})), call_(call), buffers_(buffers) {}

  Chunk read() override {
    return next_chunk(*reader_, call_, buffers_, std::numeric_limits<std::uint64_t>::max());
  }

 private:
  const std::unique_ptr<stores::BlobReader> reader_;
  const stores::StoreCall& call_;
  threads::BufferSource& buffers_;
};

}  // namespace

Download open_download(const stores::StoreSet& stores, const std::vector<stores::Location>& locations,
                       std::uint64_t size, ByteRange range, stores::StoreCall call,
                       threads::BufferSource& buffers) {
  const stores::Stretch stretch = stores::stretch_of(range, size);
  auto source = std::make_unique<FailoverSource>(stores, locations, stretch, std::move(call), buffers);
  std::optional<FileRange> file = source->begin();
  stores::Store& store = source->store();
  if (file) return {stretch.length, *std::move(file), &store, std::move(source)};
  return {stretch.length, std::move(source), &store, nullptr};
}

std::unique_ptr<ByteSource> open_source(const stores::StoreSet& stores,
                                        const std::vector<stores::Location>& locations, std::uint64_t size,
                                        stores::StoreCall call, threads::BufferSource& buffers) {
  return std::make_unique<FailoverSource>(stores, locations, stores::stretch_of({}, size), std::move(call),
                                          buffers);
}

std::unique_ptr<ByteSource> open_blob(stores::Store& store, const stores::Location& location,
                                      const stores::StoreCall& call, threads::BufferSource& buffers) {
  return std::make_unique<BlobSource>(store, location, call, buffers);
}

}  // namespace vitrine::transfer
