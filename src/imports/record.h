#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "images/images.h"
#include "transfer/intake.h"

namespace vitrine::imports {

/// Whether an image gets its first data, or more copies of what it has.
enum class Purpose { first_data, copies };

/// What is changed of an image beside its data; runs under the terms of Catalog::change().
using Amendment = std::function<void(model::Image&)>;

/// The stores of blobs or failures.
template <class Entry>
std::vector<std::string> store_ids_of(const std::vector<Entry>& entries) {
  std::vector<std::string> ids;
  for (const Entry& entry : entries) ids.push_back(entry.store_id);
  return ids;
}

/// Whether the task has the image's import lock.
bool has_import_lock(const model::Image& image, std::string_view task_id);

/// An image's record as one import changes it. Every change asks first whether the task still has the lock:
/// throws Error{gone} if it has not, or if the image was deleted meanwhile. Used by one thread at a time.
class ImportRecord {
 public:
  /// `targets`: ids of the stores that are to get the data. Borrows the resources.
  ImportRecord(const images::Resources& resources, std::string image_id, std::string task_id, Purpose purpose,
               std::vector<std::string> targets);

  const std::string& image_id() const { return image_id_; }

  /// The import begins: the image is `importing` and says where to. Throws Error{conflict} unless its status
  /// is still `from`.
  model::Image begin(model::ImageStatus from, const catalog::Condition& condition);

  /// The image has what was received; with its first data it becomes `active` and is amended.
  model::Image take(const transfer::Received& received, const Amendment& amendment,
                    const catalog::Condition& condition);

  /// The import has failed: an image without data becomes `status`. `failed`: ids of the stores to blame;
  /// empty: all targets.
  void give_up(model::ImageStatus status, const std::vector<std::string>& failed);

  /// The lock is free for others. Does nothing if the task has it no more.
  void release();

  /// Throws as above.
  void require_lock();

 private:
  model::Image change(const Amendment& edit, const catalog::Condition& condition = {});

  const images::Resources& resources_;
  const std::string image_id_;
  const std::string task_id_;
  const Purpose purpose_;
  const std::vector<std::string> targets_;
};

}  // namespace vitrine::imports
