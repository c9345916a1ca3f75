#pragma once

#include <string>
#include <vector>

#include "images/images.h"
#include "imports/locked_image.h"
#include "transfer/intake.h"

namespace vitrine::imports {

/// What data an image gets.
enum class Purpose {
  first_data,
  copies,     ///< more of what it has
  new_image,  ///< its first, and the record itself is the import's
};

/// The stores of blobs or failures.
template <class Entry>
std::vector<std::string> store_ids_of(const std::vector<Entry>& entries) {
  std::vector<std::string> ids;
  for (const Entry& entry : entries) ids.push_back(entry.store_id);
  return ids;
}

/// What an import changes of a locked image; throws as that does. Used by one thread at a time.
class ImportRecord {
 public:
  /// `targets`: ids of the stores that are to get the data. Borrows image and stores.
  ImportRecord(LockedImage& image, const stores::StoreSet& stores, Purpose purpose,
               std::vector<std::string> targets);

  /// The import begins: the image is `importing` and says where to. Throws Error{conflict} unless its status
  /// is still `from`.
  model::Image begin(model::ImageStatus from, const catalog::Condition& condition);

  /// So many bytes wait in staging for their way into stores.
  void stage(std::uint64_t size, const catalog::Condition& condition);

  /// The image has what was received; with its first data it becomes `active` and is amended.
  model::Image take(const transfer::Received& received, const Amendment& amendment,
                    const catalog::Condition& condition);

  /// The import has failed: an image without data becomes `status`, or goes if the import made it. `failed`:
  /// ids of the stores to blame; empty: all targets.
  void give_up(model::ImageStatus status, const std::vector<std::string>& failed);

 private:
  LockedImage& image_;
  const stores::StoreSet& stores_;
  const Purpose purpose_;
  const std::vector<std::string> targets_;
};

}  // namespace vitrine::imports
