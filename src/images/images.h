#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "images/upload.h"
#include "model/caller.h"
#include "model/image.h"
#include "model/query.h"
#include "stores/store_set.h"
#include "threads/buffer_pool.h"
#include "threads/worker_pool.h"
#include "transfer/download.h"
#include "transfer/journal.h"

namespace vitrine::images {

struct Limits {
  std::int64_t properties = 128;  ///< custom properties an image may have; negative: any number
  std::int64_t tags = 128;        ///< tags an image may have; negative: any number
  std::uint64_t image_size = std::uint64_t{1} << 40;  ///< bytes
  std::string hash_algorithm = "sha512";
};

/// What the use cases work with. Everything is borrowed and outlives them.
struct Resources {
  catalog::Catalog& catalog;
  const stores::StoreSet& stores;
  transfer::Journal& uploads;   ///< data under way into a store
  transfer::Journal& removals;  ///< data under way out of a store
  threads::WorkerPool& digests;
  threads::BufferPool& buffers;
};

/// The use cases on images: one public function is one thing a user can do. May be shared between threads.
class Images {
 public:
  Images(const Resources& resources, const Limits& limits);

  /// Stores a new record. An empty id gets a new UUID. Throws Error{duplicate}, Error{limit_exceeded}.
  model::Image create(const model::Caller& caller, model::Image image);

  /// The image, if it is there and the caller may know of it; else throws Error{not_found}.
  model::Image visible(const model::Caller& caller, std::string_view image_id);

  std::vector<model::Image> list(const model::Caller& caller, const model::ImageQuery& query);

  /// Lets `edit` change a fresh copy of the image and stores it wholly or not at all; see Catalog::change().
  /// Throws Error{limit_exceeded} when a quota is newly exceeded.
  model::Image update(const model::Caller& caller, std::string_view image_id,
                      const std::function<void(model::Image&)>& edit);

  /// Deletes the data from every store, then the record. If a store refuses, the image stays.
  /// Throws Error{forbidden} for a protected image, Error{conflict} when a store has the data in use.
  void remove(const model::Caller& caller, std::string_view image_id, std::stop_token stop);

  /// Begins an upload: the image is `saving` from here on. `announced_size`: bytes that the client says will
  /// come.
  std::unique_ptr<Upload> upload(const model::Caller& caller, std::string_view image_id,
                                 std::optional<std::uint64_t> announced_size, std::stop_token stop);

  /// Begins a download of a stretch of the image's data. Throws Error{not_found} if no store has it,
  /// Error{forbidden} if the image is deactivated and the caller no administrator.
  transfer::Download download(const model::Caller& caller, const model::Image& image, ByteRange range);

 private:
  void remove_data(const model::Image& image, std::stop_token stop);
  void remove_record(std::string_view image_id, const transfer::JournalEntry& entry);

  Resources resources_;
  Limits limits_;
};

}  // namespace vitrine::images
