#include "stores/drivers/unfinished_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "stores/driver_rules.h"
#include "stores/drivers/file_error.h"

namespace vitrine::stores {
namespace {

constexpr std::uint64_t writeback_step = 16 << 20;
constexpr std::uint64_t writeback_lag = 4 * writeback_step;  // that the disk is not waited for
constexpr mode_t any_mode = 0666;                            // narrowed by the umask

/// What open(2) says where the file system, or the kernel, knows no O_TMPFILE.
bool means_no_nameless_files(int error_number) {
  return error_number == EOPNOTSUPP || error_number == EISDIR || error_number == EINVAL ||
         error_number == ENOENT;
}

/// What renameat2(2) says where the file system cannot refuse to replace.
bool means_no_exclusive_rename(int error_number) {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

/// What link(2) says of a file that can only be copied here.
bool means_no_links(int error_number) {
  return error_number == EXDEV || error_number == EPERM || error_number == EMLINK ||
         error_number == EOPNOTSUPP || error_number == ENOSYS;
}

bool means_lost_data(int error_number) {
  return error_number == EIO || error_number == ENOSPC || error_number == EDQUOT;
}

Error write_error(int error_number) {
  if (error_number == EEXIST) {
    return Error(ErrorCode::duplicate, "The store has data under this name already");
  }
  return directory_error(error_number, "Image data cannot be written");
}

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

Directory open_directory(const std::string& path) {
  Directory directory(::opendir(path.c_str()), ::closedir);
  if (!directory) throw directory_error(errno, "The store's directory cannot be read");
  return directory;
}

/// Makes the names in a directory durable. False, with errno, if that fails; a file system that cannot do it
/// for directories, and says EINVAL, does it by itself.
bool sync_names(int directory) {
  return ::fsync(directory) == 0 || errno == EINVAL;
}

std::string hidden_prefix(std::string_view name) {
  return fmt::format(".vitrine-{}-", name);
}

bool is_hidden_name_of(std::string_view entry, std::string_view name) {
  const std::string prefix = hidden_prefix(name);
  return entry.starts_with(prefix) && is_uuid(entry.substr(prefix.size()));
}

/// The descriptor's file by a path, which linkat(2) takes without special privileges.
std::string path_of_descriptor(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

bool have_same_file(int directory, const std::string& name, int fd) {
  struct stat named {};
  struct stat opened {};
  return ::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && ::fstat(fd, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

void unlink_if_there(int directory, const std::string& name) {
  if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) {
    throw file_error(errno, "Data left by an earlier upload cannot be removed");
  }
}

}  // namespace

std::uint64_t a_share_of_memory() {
  static const auto memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                             static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return memory / 16;
}

UnfinishedFile::UnfinishedFile(const std::string& directory, std::string name, const FileForm& form)
    : name_(std::move(name)),
      form_(form),
      directory_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) throw write_error(errno);
  if (form_.unfinished == Unfinished::nameless_if_possible) open_nameless();
  if (!file_) open_hidden();
}

UnfinishedFile::UnfinishedFile(const std::string& directory, std::string name, UniqueFd file, mode_t mode)
    : name_(std::move(name)),
      form_{.mode = mode},
      directory_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      file_(std::move(file)) {
  if (!directory_) throw write_error(errno);
}

std::unique_ptr<UnfinishedFile> UnfinishedFile::link_to(const std::string& path, const std::string& directory,
                                                        const std::string& name, mode_t mode) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno == ELOOP) return nullptr;  // the link would be to a symbolic link
  if (!file) throw file_error(errno, "The file with the image's data cannot be read");
  std::unique_ptr<UnfinishedFile> result(new UnfinishedFile(directory, name, std::move(file), mode));
  if (!result->link_hidden(path)) return nullptr;
  return result;
}

/// False if only a copy will do.
bool UnfinishedFile::link_hidden(const std::string& path) {
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  std::string hidden_name = hidden_prefix(name_) + new_uuid();
  if (::linkat(AT_FDCWD, path.c_str(), directory_.get(), hidden_name.c_str(), 0) != 0) {
    if (means_no_links(errno)) return false;
    throw write_error(errno);
  }
  hidden_name_ = std::move(hidden_name);
  return have_same_file(directory_.get(), hidden_name_, file_.get());  // else it was replaced meanwhile
}

std::uint64_t UnfinishedFile::size_on_disk() const {
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0) throw file_error(errno, "An image file's size cannot be determined");
  return static_cast<std::uint64_t>(info.st_size);
}

UnfinishedFile::~UnfinishedFile() {
  if (!hidden_name_.empty() && ::unlinkat(directory_.get(), hidden_name_.c_str(), 0) != 0) {
    log::error("The unfinished file {} cannot be removed: {}", hidden_name_, std::strerror(errno));
  }
}

void UnfinishedFile::open_nameless() {
  file_.reset(::openat(directory_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, any_mode));
  if (!file_) {
    if (!means_no_nameless_files(errno)) throw write_error(errno);
  } else if (::access(path_of_descriptor(file_.get()).c_str(), F_OK) != 0) {
    file_.reset();  // no /proc here: the file could never get its name
  }
}

void UnfinishedFile::open_hidden() {
  std::string hidden_name = hidden_prefix(name_) + new_uuid();
  file_.reset(
      ::openat(directory_.get(), hidden_name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, any_mode));
  if (!file_) throw write_error(errno);
  hidden_name_ = std::move(hidden_name);
}

void UnfinishedFile::append(Bytes bytes) {
  if (form_.hole_block == 0) return put(bytes);
  std::size_t begin = 0;  // of the data that is still to be put
  std::size_t end = 0;
  while (end < bytes.size()) {
    const std::size_t to_boundary = form_.hole_block - (size_ + end - begin) % form_.hole_block;
    const std::size_t length = std::min(to_boundary, bytes.size() - end);
    if (is_all_zero(bytes.subspan(end, length))) {
      put(bytes.subspan(begin, end - begin));
      size_ += length;
      begin = end + length;
    }
    end += length;
  }
  put(bytes.subspan(begin));
}

void UnfinishedFile::put(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw write_error(errno);
    size_ += static_cast<std::uint64_t>(count);
    written_end_ = size_;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  start_writeback();
}

void UnfinishedFile::start_writeback() {
  if (written_end_ - flushed_end_ < writeback_step) return;
  // Else a whole image may wait in memory for publish(), where a slow disk would keep the client waiting.
  // Only advice: what goes wrong here goes wrong again in fsync, which is checked.
  ::sync_file_range(file_.get(), static_cast<off_t>(flushed_end_),
                    static_cast<off_t>(written_end_ - flushed_end_), SYNC_FILE_RANGE_WRITE);
  flushed_end_ = written_end_;
  leave_page_cache();
}

/// The beginning of an image stays in memory for whoever reads it soon; the rest of a large one would only
/// push out what others read, and taking new memory for it costs more than writing into what has just become
/// free.
void UnfinishedFile::leave_page_cache() {
  if (flushed_end_ < form_.most_cached + writeback_lag) return;
  const auto begin = static_cast<off_t>(std::max(uncached_end_, form_.most_cached));
  const auto length = static_cast<off_t>(flushed_end_ - writeback_lag) - begin;
  if (length <= 0) return;
  // The kernel only lets go of what is on disk, and tells of a write that failed once: fsync would not hear
  // of it again.
  const auto wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (::sync_file_range(file_.get(), begin, length, wait) != 0 && means_lost_data(errno)) {
    throw write_error(errno);
  }
  ::posix_fadvise(file_.get(), begin, length, POSIX_FADV_DONTNEED);
  uncached_end_ = static_cast<std::uint64_t>(begin + length);
}

void UnfinishedFile::finish_data() {
  if (size_ > written_end_ && ::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) {
    throw write_error(errno);
  }
  if (form_.mode != 0 && ::fchmod(file_.get(), form_.mode) != 0) {
    log::warning("An image file's permissions cannot be set: {}", std::strerror(errno));
  }
  if (::fsync(file_.get()) != 0) throw write_error(errno);
}

void UnfinishedFile::publish() {
  finish_data();
  take_name();
  if (!sync_names(directory_.get())) {
    const int error_number = errno;
    ::unlinkat(directory_.get(), name_.c_str(), 0);
    throw write_error(error_number);
  }
}

void UnfinishedFile::take_name() {
  if (hidden_name_.empty()) {
    link_nameless();
  } else {
    rename_hidden();
  }
}

void UnfinishedFile::link_nameless() {
  if (::linkat(AT_FDCWD, path_of_descriptor(file_.get()).c_str(), directory_.get(), name_.c_str(),
               AT_SYMLINK_FOLLOW) != 0) {
    throw write_error(errno);
  }
}

void UnfinishedFile::rename_hidden() {
  const int directory = directory_.get();
  if (::renameat2(directory, hidden_name_.c_str(), directory, name_.c_str(), RENAME_NOREPLACE) == 0) {
    hidden_name_.clear();
    return;
  }
  if (!means_no_exclusive_rename(errno)) throw write_error(errno);
  if (::linkat(directory, hidden_name_.c_str(), directory, name_.c_str(), 0) != 0) {
    const int error_number = errno;
    // NFS may have lost the answer to a link that succeeded, and asked again.
    if (!have_same_file(directory, name_, file_.get())) throw write_error(error_number);
  }
  if (::unlinkat(directory, hidden_name_.c_str(), 0) == 0) hidden_name_.clear();
}

void remove_leftovers(const std::string& directory, const std::string& name) {
  const Directory opened = open_directory(directory);
  std::vector<std::string> leftovers = {name};
  while (const dirent* entry = ::readdir(opened.get())) {
    if (is_hidden_name_of(entry->d_name, name)) leftovers.emplace_back(entry->d_name);
  }
  const int fd = ::dirfd(opened.get());
  for (const std::string& leftover : leftovers) unlink_if_there(fd, leftover);
  if (!sync_names(fd)) throw file_error(errno, "The removal of data cannot be made durable");
}

void sync_directory(const std::string& directory) {
  const Directory opened = open_directory(directory);
  if (!sync_names(::dirfd(opened.get())))
    throw file_error(errno, "The removal of data cannot be made durable");
}

}  // namespace vitrine::stores
