#include "stores/drivers/file_driver.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/data_directories.h"
#include "stores/drivers/file_error.h"
#include "stores/drivers/unfinished_file.h"

namespace vitrine::stores {
namespace {

std::string path_in(const DataDirectory& directory, std::string_view name) {
  return (std::filesystem::path(directory.path) / name).string();
}

/// Glance reads everything behind "://" as the path and strips it.
std::string path_of(const Location& location) {
  const SplitUri uri = split_uri(location.uri);
  const std::string path(trim(uri.rest));
  const std::vector<std::string> parts = split(path, '/');
  const bool is_good = (uri.scheme == "file" || uri.scheme == "filesystem") && path.starts_with('/') &&
                       path.find('\0') == std::string::npos &&
                       std::find(parts.begin(), parts.end(), "..") == parts.end();
  if (!is_good) throw Error(ErrorCode::invalid, "The data's location is not one of a file store");
  return path;
}

Error read_error(int error_number) {
  if (error_number == ENOENT || error_number == ENOTDIR) {
    return Error(ErrorCode::not_found, "The image's file is not in the store");
  }
  return file_error(error_number, "Image data cannot be read");
}

std::uint64_t size_if_file(const struct stat& info) {
  if (!S_ISREG(info.st_mode))
    throw Error(ErrorCode::not_found, "What the store has there is not an image's file");
  return static_cast<std::uint64_t>(info.st_size);
}

std::uint64_t size_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw read_error(errno);
  return size_if_file(info);
}

bool exists(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw file_error(errno, "The store's directory cannot be read");
}

/// 0, or the errno of the failure.
int unlink_durably(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return errno;
  try {
    sync_directory(std::filesystem::path(path).parent_path().string());
  } catch (const Error& error) {
    log::warning("{} is removed, but a power failure may bring it back: {}", path, error.what());
  }
  return 0;
}

class FileReader : public BlobReader {
 public:
  explicit FileReader(FileRange range) : range_(std::move(range)) {
    ::posix_fadvise(range_.file.get(), static_cast<off_t>(range_.offset), static_cast<off_t>(range_.length),
                    POSIX_FADV_SEQUENTIAL);
  }

  std::size_t read(MutableBytes space) override {
    std::size_t filled = 0;
    while (filled < space.size() && range_.length > 0) {
      const std::size_t wanted = std::min<std::uint64_t>(space.size() - filled, range_.length);
      const ssize_t count =
          ::pread(range_.file.get(), space.data() + filled, wanted, static_cast<off_t>(range_.offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw read_error(errno);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
      range_.offset += static_cast<std::uint64_t>(count);
      range_.length -= static_cast<std::uint64_t>(count);
    }
    return filled;
  }

 private:
  FileRange range_;
};

void add_names(const std::string& directory, std::set<std::string>& names) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with('.') && entry->is_regular_file(error)) names.insert(name);
  }
  if (error) throw directory_error(error.value(), "The store's directory cannot be read");
}

}  // namespace

class FileDriver::Writer : public BlobWriter {
 public:
  Writer(FileDriver& driver, const StoreCall& call, const DataDirectory& directory, const std::string& name)
      : driver_(driver),
        call_(call),
        directory_(directory),
        name_(name),
        file_(directory.path, name,
              {.mode = driver.settings_.file_mode,
               .hole_block = driver.settings_.is_thin ? driver.settings_.block_size : 0,
               .unfinished = driver.settings_.unfinished}) {}

  void write(Bytes bytes) override { file_.append(bytes); }

  Location commit() override { return driver_.publish(call_, name_, directory_, file_, &directory_); }

 private:
  FileDriver& driver_;
  const StoreCall& call_;
  const DataDirectory& directory_;
  const std::string name_;
  UnfinishedFile file_;
};

/// Makes a hidden link to a finished file the blob.
class FileDriver::AdoptingWriter : public BlobWriter {
 public:
  AdoptingWriter(FileDriver& driver, const StoreCall& call, const DataDirectory& directory, std::string name,
                 std::unique_ptr<UnfinishedFile> file)
      : driver_(driver), call_(call), directory_(directory), name_(std::move(name)), file_(std::move(file)) {}

  void write(Bytes bytes) override { count_ += bytes.size(); }

  Location commit() override {
    if (const std::uint64_t size = file_->size_on_disk(); size != count_) {
      throw Error(ErrorCode::invalid,
                  fmt::format("The file to take over has {} bytes, but {} came in.", size, count_));
    }
    // In its own directory, too: a link to the same file under the name may pass for this writer's.
    return driver_.publish(call_, name_, directory_, *file_, nullptr);
  }

 private:
  FileDriver& driver_;
  const StoreCall& call_;
  const DataDirectory& directory_;
  const std::string name_;
  std::unique_ptr<UnfinishedFile> file_;
  std::uint64_t count_ = 0;
};

FileDriver::FileDriver(FileSettings settings) : settings_(std::move(settings)), calls_(settings_.limits) {
  for (const DataDirectory& directory : settings_.directories) {
    prepare_directory(directory.path, settings_.file_mode);
  }
}

std::unique_ptr<BlobWriter> FileDriver::create(const StoreCall& call, const BlobName& name,
                                               std::optional<std::uint64_t> size) {
  check_blob_name(name);
  refuse_taken(call, name.text, nullptr);
  const DataDirectory& directory = choose(call, settings_.directories, size.value_or(0));
  return std::make_unique<Writer>(*this, call, directory, name.text);
}

/// Of the directories that are on the file's file system, the one that would be chosen for a new blob.
std::unique_ptr<BlobWriter> FileDriver::adopt(const StoreCall& call, const BlobName& name,
                                              const std::filesystem::path& file) {
  check_blob_name(name);
  refuse_taken(call, name.text, nullptr);
  std::vector<DataDirectory> candidates = settings_.directories;
  while (!candidates.empty()) {
    const DataDirectory& best = choose(call, candidates, 0);
    auto link = UnfinishedFile::link_to(file.string(), best.path, name.text, settings_.file_mode);
    if (link) {
      const auto chosen = std::find(settings_.directories.begin(), settings_.directories.end(), best);
      return std::make_unique<AdoptingWriter>(*this, call, *chosen, name.text, std::move(link));
    }
    candidates.erase(candidates.begin() + (&best - candidates.data()));
  }
  return nullptr;
}

const DataDirectory& FileDriver::choose(const StoreCall& call, const std::vector<DataDirectory>& directories,
                                        std::uint64_t size) {
  const auto free_bytes = [&](const std::string& path) {
    return calls_.run<std::uint64_t>(call, [path] { return space_of(path).space.free; });
  };
  return choose_directory(directories, size, free_bytes);
}

Location FileDriver::location_of(const DataDirectory& directory, const std::string& name) const {
  const std::string path = path_in(directory, name);
  return {"file://" + path, settings_.mounts.of(path)};
}

Location FileDriver::publish(const StoreCall& call, const std::string& name, const DataDirectory& directory,
                             UnfinishedFile& file, const DataDirectory* except) {
  Location location = location_of(directory, name);
  // Another writer of the name may have been given another directory, where no link(2) would notice.
  const auto claim = names_.claim(name, call);
  refuse_taken(call, name, except);
  file.publish();
  return location;
}

void FileDriver::refuse_taken(const StoreCall& call, const std::string& name, const DataDirectory* except) {
  for (const DataDirectory& directory : settings_.directories) {
    if (&directory == except) continue;
    const std::string path = path_in(directory, name);
    if (calls_.run<bool>(call, [path] { return exists(path); })) {
      throw Error(ErrorCode::duplicate, "The store has data under this name already");
    }
  }
}

std::unique_ptr<BlobReader> FileDriver::open(const StoreCall& call, const Location& location,
                                             ByteRange range) {
  return std::make_unique<FileReader>(open_file(call, location, range));
}

FileRange FileDriver::open_file(const StoreCall&, const Location& location, ByteRange range) {
  // Without O_NONBLOCK a named pipe would hold the thread until somebody writes to it.
  UniqueFd file(::open(path_of(location).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) throw read_error(errno);
  const Stretch stretch = stretch_of(range, size_if_file(info));
  return {std::move(file), stretch.offset, stretch.length};
}

std::uint64_t FileDriver::size(const StoreCall& call, const Location& location) {
  return calls_.run<std::uint64_t>(call, [path = path_of(location)] { return size_of(path); });
}

void FileDriver::remove(const StoreCall& call, const Location& location) {
  const std::string path = path_of(location);
  const int error_number = calls_.run<int>(call, [path] { return unlink_durably(path); });
  if (error_number == 0) return;
  if (error_number == ENOENT || error_number == ENOTDIR) throw read_error(error_number);
  log::error("{} cannot be removed: {}", path, std::generic_category().message(error_number));
  throw Error(ErrorCode::forbidden, "You cannot delete the image's file");
}

void FileDriver::discard(const StoreCall& call, const BlobName& name) {
  check_blob_name(name);
  for (const DataDirectory& directory : settings_.directories) {
    calls_.run<int>(call, [path = directory.path, text = name.text] {
      remove_leftovers(path, text);
      return 0;
    });
  }
}

Space FileDriver::space(const StoreCall& call) {
  Space sum;
  std::set<dev_t> counted;  // directories may share a file system
  for (const DataDirectory& directory : settings_.directories) {
    const DirectorySpace next =
        calls_.run<DirectorySpace>(call, [path = directory.path] { return space_of(path); });
    if (!counted.insert(next.device).second) continue;
    sum.total += next.space.total;
    sum.free += next.space.free;
  }
  return sum;
}

std::vector<std::string> FileDriver::list(const StoreCall&) {
  std::set<std::string> names;
  for (const DataDirectory& directory : settings_.directories) add_names(directory.path, names);
  return {names.begin(), names.end()};
}

std::unique_ptr<Driver> make_file_driver(const config::Config& config, std::string_view group) {
  return std::make_unique<FileDriver>(read_file_settings(config, group));
}

}  // namespace vitrine::stores
