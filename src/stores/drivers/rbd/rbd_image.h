#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stores/drivers/rbd/rbd_cluster.h"

namespace vitrine::stores {

enum class RbdAccess {
  read,   ///< leaves no trace; the image may be removed meanwhile
  write,  ///< registers with the cluster: the image cannot be removed meanwhile
};

/// An image, opened. Closed when destroyed. Its asynchronous operations are to end before.
class RbdImage {
 public:
  /// Empty snapshot: the image as it is. The pool outlives the image. Throws Error{not_found}.
  RbdImage(const RbdPool& pool, const std::string& name, const std::string& snapshot, RbdAccess access);
  ~RbdImage();
  RbdImage(RbdImage&& other) noexcept;
  RbdImage& operator=(RbdImage&&) = delete;

  void* handle() const { return handle_; }  ///< an rbd_image_t
  std::uint64_t size() const;
  /// What stays the same when the image is renamed; empty for an image of the first format.
  std::string id() const;
  /// How many have it open for writing, this one included.
  std::size_t writers() const;

 private:
  void* handle_ = nullptr;
};

/// The object that is there as long as an image of the second format has this name: it is the first one to
/// go when the image is removed.
std::string rbd_name_object(const std::string& image);

/// Whether the pool has an image of the name. Throws Error.
bool rbd_image_exists(const RbdPool& pool, const std::string& name);

/// All images of the pool. Throws Error.
std::vector<std::string> rbd_image_names(const RbdPool& pool);

/// Creates the snapshot and protects it from removal, as clones need it. Throws Error.
void protect_snapshot(const RbdImage& image, const std::string& snapshot);

/// Removes the image with the snapshot, which need not be there. An image on which others depend moves to
/// the pool's trash. Throws Error{not_found}, Error{conflict} if the snapshot has clones or somebody has the
/// image open for writing: then both are as before.
void remove_rbd_image(const RbdPool& pool, const std::string& name, const std::string& snapshot);

}  // namespace vitrine::stores
