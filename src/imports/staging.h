#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "imports/method.h"
#include "stores/store_set.h"
#include "threads/buffer_pool.h"
#include "transfer/intake.h"

namespace vitrine::catalog {
class Catalog;
}

namespace vitrine::imports {

/// The directory where data waits on this node for its import: a file for each image, named after it, and
/// beside that what plugins make of it. May be shared between threads.
class Staging {
 public:
  /// Borrows the reserved stores.
  explicit Staging(const stores::ReservedStores& reserved) : reserved_(reserved) {}

  /// The store that keeps the files. Throws Error{unavailable} if there is none.
  stores::Store& store() const;

  std::filesystem::path path_of(std::string_view image_id) const;

  /// The staged data, if there is any.
  std::optional<std::uint64_t> size_of(std::string_view image_id) const;

  /// Begins to take an image's data in. Its digests are the import's to compute, whatever the settings say.
  /// `call` outlives the intake.
  std::unique_ptr<transfer::Intake> receive(
      std::string_view image_id, const stores::StoreCall& call, threads::WorkerPool& digests,
      transfer::IntakeSettings settings,
      std::vector<std::unique_ptr<transfer::ChunkCheck>> checks = {}) const;

  /// Opens the staged data. Throws Error{not_found}. `call` outlives the source.
  ImportSource open(std::string_view image_id, const stores::StoreCall& call,
                    threads::BufferPool& buffers) const;

  /// The same for a file of staging that a plugin has made.
  ImportSource open_file(const std::filesystem::path& path, const stores::StoreCall& call,
                         threads::BufferPool& buffers) const;

  /// Removes the image's file and those beside it, `<id>.<anything>`; what cannot be removed is logged.
  void remove(std::string_view image_id) const noexcept;

  /// Removes the files of images that are deleted or never were, as Glance does at start, and of those that
  /// are neither staged nor imported by anybody. Files whose name begins with no image's id are somebody
  /// else's.
  void clean(catalog::Catalog& catalog) const;

 private:
  const stores::ReservedStores& reserved_;
};

}  // namespace vitrine::imports
