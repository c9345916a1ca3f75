#include "stores/drivers/rbd/rbd_image.h"

#include <rbd/librbd.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/drivers/rbd/rbd_error.h"

namespace vitrine::stores {

RbdImage::RbdImage(const RbdPool& pool, const std::string& name, const std::string& snapshot,
                   RbdAccess access) {
  const auto open = access == RbdAccess::read ? ::rbd_open_read_only : ::rbd_open;
  check_rbd(open(pool.handle(), name.c_str(), &handle_, snapshot.empty() ? nullptr : snapshot.c_str()),
            "open an image");
}

RbdImage::RbdImage(RbdImage&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

RbdImage::~RbdImage() {
  if (handle_) ::rbd_close(handle_);
}

std::uint64_t RbdImage::size() const {
  std::uint64_t size = 0;
  check_rbd(::rbd_get_size(handle_, &size), "ask for an image's size");
  return size;
}

std::string RbdImage::id() const {
  char id[256] = "";
  return ::rbd_get_id(handle_, id, sizeof id) < 0 ? "" : id;
}

std::size_t RbdImage::writers() const {
  std::size_t count = 64;
  std::vector<rbd_image_watcher_t> watchers(count);
  const int result = ::rbd_watchers_list(handle_, watchers.data(), &count);
  if (result == -ERANGE) return count;
  check_rbd(result, "ask who uses an image");
  ::rbd_watchers_list_cleanup(watchers.data(), count);
  return count;
}

std::string rbd_name_object(const std::string& image) {
  return "rbd_id." + image;
}

bool rbd_image_exists(const RbdPool& pool, const std::string& name) {
  return pool.has_object(rbd_name_object(name)) || pool.has_object(name + ".rbd");  // the first format
}

std::vector<std::string> rbd_image_names(const RbdPool& pool) {
  std::vector<rbd_image_spec_t> images(1024);
  std::size_t count = images.size();
  int result = ::rbd_list2(pool.handle(), images.data(), &count);
  while (result == -ERANGE) {
    images.resize(count + 1024);  // others create some meanwhile
    count = images.size();
    result = ::rbd_list2(pool.handle(), images.data(), &count);
  }
  check_rbd(result, "list the images of a pool");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.emplace_back(images[i].name);
  ::rbd_image_spec_list_cleanup(images.data(), count);
  return names;
}

void protect_snapshot(const RbdImage& image, const std::string& snapshot) {
  check_rbd(::rbd_snap_create(image.handle(), snapshot.c_str()), "make the snapshot of an image");
  check_rbd(::rbd_snap_protect(image.handle(), snapshot.c_str()), "protect the snapshot of an image");
}

namespace {

Error in_use() {
  return Error(ErrorCode::conflict,
               "The image's data is in use: something was cloned from it, or has it open. Try again when "
               "that is gone.");
}

/// Removes the snapshot, if it is there. Returns whether it was.
bool drop_snapshot(const RbdImage& image, const std::string& snapshot) {
  const char* name = snapshot.c_str();
  const int unprotected = ::rbd_snap_unprotect(image.handle(), name);
  if (unprotected == -ENOENT) return false;
  if (unprotected == -EBUSY) throw in_use();
  const bool was_not_protected = unprotected == -EINVAL || unprotected == -ENOSYS;
  if (!was_not_protected) check_rbd(unprotected, "unprotect the snapshot of an image");

  const int removed = ::rbd_snap_remove(image.handle(), name);
  if (removed == -ENOENT) return false;
  if (removed < 0 && !was_not_protected) ::rbd_snap_protect(image.handle(), name);
  if (removed == -EBUSY) throw in_use();
  check_rbd(removed, "remove the snapshot of an image");
  return true;
}

bool drop_snapshot_of(const RbdPool& pool, const std::string& name, const std::string& snapshot) {
  if (snapshot.empty()) return false;
  const RbdImage image(pool, name, {}, RbdAccess::write);
  if (image.writers() > 1) throw in_use();
  return drop_snapshot(image, snapshot);
}

/// For an image that stays, because somebody has it open.
void restore_snapshot(const RbdPool& pool, const std::string& name, const std::string& snapshot) {
  try {
    protect_snapshot(RbdImage(pool, name, {}, RbdAccess::write), snapshot);
  } catch (const Error& error) {
    log::error("rbd store: image {} has lost its snapshot {}: {}. Create and protect it anew.", name,
               snapshot, error.what());
  }
}

int remove_or_trash(const RbdPool& pool, const std::string& name) {
  const int removed = ::rbd_remove(pool.handle(), name.c_str());
  // Snapshots that are left are not ours, or hold up clones that need no protected ones.
  if (removed == -ENOTEMPTY) return ::rbd_trash_move(pool.handle(), name.c_str(), 0);
  return removed;
}

}  // namespace

void remove_rbd_image(const RbdPool& pool, const std::string& name, const std::string& snapshot) {
  const bool had_snapshot = drop_snapshot_of(pool, name, snapshot);
  const int removed = remove_or_trash(pool, name);
  if (removed >= 0) return;
  // In a full pool the library finds no room to note the removal, and says that the image is not there.
  const bool is_there = removed != -ENOENT || rbd_image_exists(pool, name);
  if (is_there && had_snapshot) restore_snapshot(pool, name, snapshot);
  if (removed == -EBUSY) throw in_use();
  if (is_there && removed == -ENOENT) throw rbd_error(-ENOSPC, "remove an image");
  throw rbd_error(removed, "remove an image");
}

}  // namespace vitrine::stores
