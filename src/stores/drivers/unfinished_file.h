#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/fd.h"
#include "stores/drivers/file_settings.h"

namespace vitrine::stores {

/// What one file may take of the page cache: a sixteenth of the machine's memory, in bytes.
std::uint64_t a_share_of_memory();

/// How a file is written.
struct FileForm {
  mode_t mode = 0;  ///< 0: what the umask leaves
  std::size_t hole_block =
      0;  ///< bytes: aligned blocks of that size that are all zeros become holes; 0: no holes
  Unfinished unfinished = Unfinished::nameless_if_possible;
  std::uint64_t most_cached = a_share_of_memory();  ///< bytes of a file that may stay in the page cache
};

/// A file that is being written and nobody sees under its name before it is complete. Destroyed, it is gone
/// unless it was published. Used by one thread at a time. Its functions throw Error.
class UnfinishedFile {
 public:
  /// Opens it in the directory, for a later life as `name`.
  UnfinishedFile(const std::string& directory, std::string name, const FileForm& form);
  /// A hidden link in the directory to a file that has all its bytes; nothing may be appended. Null if the
  /// file system makes no such link.
  static std::unique_ptr<UnfinishedFile> link_to(const std::string& path, const std::string& directory,
                                                 const std::string& name, mode_t mode);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  void append(Bytes bytes);
  /// Bytes that it has on disk.
  std::uint64_t size_on_disk() const;
  /// Makes the data durable, gives the file its name and makes that durable. Throws Error{duplicate} if the
  /// name is taken; whatever it throws, the file is not there under its name.
  void publish();

 private:
  UnfinishedFile(const std::string& directory, std::string name, UniqueFd file, mode_t mode);
  void open_nameless();
  void open_hidden();
  bool link_hidden(const std::string& path);
  void put(Bytes bytes);
  void start_writeback();
  void leave_page_cache();
  void finish_data();
  void take_name();
  void link_nameless();
  void rename_hidden();

  std::string name_;
  FileForm form_;
  UniqueFd directory_;
  UniqueFd file_;
  std::string hidden_name_;  // empty: it has none
  std::uint64_t size_ = 0;
  std::uint64_t written_end_ = 0;  // behind the last byte that is no hole
  std::uint64_t flushed_end_ = 0;  // writeback has been asked for up to here
  std::uint64_t uncached_end_ =
      0;  // the page cache was asked to forget what comes before, but for the beginning
};

/// Removes the files that were being written in the directory for that name by a process that is gone, and
/// the file of that name. Durable when it returns.
void remove_leftovers(const std::string& directory, const std::string& name);

/// Makes the names in the directory durable as they are now.
void sync_directory(const std::string& directory);

}  // namespace vitrine::stores
