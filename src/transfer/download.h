#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "stores/store_set.h"
#include "threads/buffer_pool.h"

namespace vitrine::transfer {

/// A download that has begun: its first byte is known to be there.
struct Download {
  std::uint64_t length = 0;  ///< bytes that will come
  std::variant<FileRange, std::unique_ptr<ByteSource>> body;
  stores::Store* store = nullptr;      ///< the store that it starts from; its pool is where the body is read
  std::unique_ptr<Fallback> fallback;  ///< of a file: goes on from the next locations
};

/// Opens `range` of a blob that lies at each of the locations and is `size` bytes long, from the first
/// location that answers. A source that fails or ends early goes on from the next location at the same
/// offset; out of locations it throws, never ends short. It throws Error{damaged}, too, if a location says so
/// of bytes that were given out already. Throws Error{not_found} if the blob is nowhere, else what the last
/// location threw. The stores and the buffers outlive the download.
Download open_download(const stores::StoreSet& stores, const std::vector<stores::Location>& locations,
                       std::uint64_t size, ByteRange range, stores::StoreCall call,
                       threads::BufferSource& buffers);

/// A whole blob for those who copy it on: never a file. Throws as open_download() does.
std::unique_ptr<ByteSource> open_source(const stores::StoreSet& stores,
                                        const std::vector<stores::Location>& locations, std::uint64_t size,
                                        stores::StoreCall call, threads::BufferSource& buffers);

/// A whole blob of one store, its own ones included; nobody takes over when it fails. Everything is borrowed.
std::unique_ptr<ByteSource> open_blob(stores::Store& store, const stores::Location& location,
                                      const stores::StoreCall& call, threads::BufferSource& buffers);

}  // namespace vitrine::transfer
