#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace vitrine::imports {

/// What is changed of an image; runs under the terms of Catalog::change().
using Amendment = std::function<void(model::Image&)>;

/// Whether the task has the image's import lock.
bool has_import_lock(const model::Image& image, std::string_view task_id);

/// Throws Error{conflict} unless the image's status is still this one.
void require_status(const model::Image& image, model::ImageStatus status);

/// An image's record as the task changes it that has the image's import lock. Every change asks first whether
/// the task still has it: throws Error{gone} if it has not, or if the image was deleted meanwhile. May be
/// shared between threads.
class LockedImage {
 public:
  /// Borrows the catalog.
  LockedImage(catalog::Catalog& catalog, std::string image_id, std::string task_id);

  const std::string& id() const { return image_id_; }

  model::Image change(const Amendment& edit, const catalog::Condition& condition = {});

  /// Deletes the record.
  void remove();

  /// The lock is free for others. Does nothing if the task has it no more.
  void release();

  /// Throws as above.
  void require_lock();

  /// Whether it is there, but the task does not have its lock.
  bool is_anothers();

 private:
  catalog::Catalog& catalog_;
  const std::string image_id_;
  const std::string task_id_;
};

}  // namespace vitrine::imports
