#include "stores/drivers/data_directories.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/error.h"
#include "base/log.h"
#include "stores/drivers/file_error.h"
#include "stores/drivers/unfinished_file.h"

namespace vitrine::stores {
namespace {

Error unusable(const std::string& path, const std::string& why) {
  return Error(
      ErrorCode::configuration,
      fmt::format("Image directory {}: {}. Correct the path, or let the user that runs this service write "
                  "there.",
                  path, why));
}

std::string reason() {
  return std::generic_category().message(errno);
}

/// Whoever may read the files must be able to reach them.
void let_readers_pass(const std::string& path, mode_t file_mode) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw unusable(path, "cannot be examined: " + reason());
  mode_t wanted = info.st_mode & 07777;
  if (file_mode & S_IRWXG) wanted |= S_IXGRP;
  if (file_mode & S_IRWXO) wanted |= S_IXOTH;
  if (wanted == (info.st_mode & 07777)) return;
  if (::chmod(path.c_str(), wanted) != 0) throw unusable(path, "cannot be opened to readers: " + reason());
}

void try_to_write(const std::string& path) {
  try {
    UnfinishedFile(path, "probe", {});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::storage_full) throw unusable(path, error.what());
    log::warning("The image directory {} is full: images in it can be read, but none added", path);
  }
}

std::optional<std::uint64_t> free_bytes_or_nothing(
    const DataDirectory& directory, const std::function<std::uint64_t(const std::string&)>& free_bytes,
    std::exception_ptr& error) {
  try {
    return free_bytes(directory.path);
  } catch (const Error& why) {
    log::warning("The image directory {} is passed over: {}", directory.path, why.what());
    error = std::current_exception();
    return {};
  }
}

struct Candidate {
  const DataDirectory* directory = nullptr;
  std::uint64_t free = 0;

  bool is_better_than(const Candidate& other) const {
    if (!other.directory) return true;
    if (directory->priority != other.directory->priority) {
      return directory->priority > other.directory->priority;
    }
    return free > other.free;
  }
};

}  // namespace

void prepare_directory(const std::string& path, mode_t file_mode) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw unusable(path, "cannot be created: " + error.message());
  let_readers_pass(path, file_mode);
  try_to_write(path);
}

DirectorySpace space_of(const std::string& path) {
  struct stat info {};
  struct statvfs file_system {};
  if (::stat(path.c_str(), &info) != 0 || ::statvfs(path.c_str(), &file_system) != 0) {
    throw directory_error(errno, "The store's free space cannot be determined");
  }
  return {.device = info.st_dev,
          .space = {.total = file_system.f_blocks * file_system.f_frsize,
                    .free = file_system.f_bavail * file_system.f_frsize}};
}

const DataDirectory& choose_directory(
    const std::vector<DataDirectory>& directories, std::uint64_t size,
    const std::function<std::uint64_t(const std::string& path)>& free_bytes) {
  Candidate best;
  std::exception_ptr error;
  bool has_answer = false;
  for (const DataDirectory& directory : directories) {
    const auto free = free_bytes_or_nothing(directory, free_bytes, error);
    has_answer = has_answer || free;
    if (!free || *free < size) continue;
    const Candidate candidate{&directory, *free};
    if (candidate.is_better_than(best)) best = candidate;
  }
  if (best.directory) return *best.directory;
  if (!has_answer && error) std::rethrow_exception(error);
  throw Error(ErrorCode::storage_full, "There is not enough room in the store for the image's data");
}

}  // namespace vitrine::stores
