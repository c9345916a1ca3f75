#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::transfer {

/// Data under way into a store or out of it: what a restart must undo or finish if the process dies now.
struct JournalEntry {
  std::string transfer_id;  ///< names the entry; unique
  std::string image_id;
  std::string store_id;
  std::string blob_name;
  std::int64_t location_row = 0;  ///< in the catalog, which keeps its secrets; 0: the blob's name says it all

  bool operator==(const JournalEntry&) const = default;
};

/// The node's list of transfers under way, in its state directory: one small file an entry, durable before
/// add() returns. May be shared between threads. One process at a time uses a directory: a lock file sees to
/// it.
class Journal {
 public:
  /// Creates the directory if needed. Throws Error{configuration} if it cannot be written or another process
  /// has it.
  explicit Journal(const std::filesystem::path& directory);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void add(const JournalEntry& entry);
  /// Unknown entries are fine.
  void clear(std::string_view transfer_id) noexcept;
  /// Says that nobody works on the entry any more, although it could not be settled: the database was away.
  void abandon(std::string_view transfer_id);
  /// The entries that this process has abandoned and not cleared.
  std::vector<JournalEntry> abandoned() const;
  /// What an earlier process left; entries that cannot be read are logged and left out.
  std::vector<JournalEntry> entries() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::transfer
