#include "access/watched_file.h"

#include <utility>

namespace vitrine::access {
namespace {

bool is_same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         is_same(a.st_mtim, b.st_mtim) && is_same(a.st_ctim, b.st_ctim);
}

}  // namespace

WatchedFile::WatchedFile(std::filesystem::path path) : path_(std::move(path)) {
  ::stat(path_.c_str(), &seen_);
}

bool WatchedFile::has_changed() {
  struct stat now {};
  if (::stat(path_.c_str(), &now) != 0 || is_same(now, seen_)) return false;
  seen_ = now;
  return true;
}

}  // namespace vitrine::access
