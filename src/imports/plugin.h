#pragma once

#include <filesystem>
#include <string_view>

namespace vitrine::imports {

class ImportJob;

/// A file in staging. A plugin may change it, or put another one beside it, `<id>.<anything>`, and name that.
struct StagedFile {
  std::filesystem::path path;  ///< absolute
};

/// Something that is done to every import of first data, before any store is written to. Immutable: may be
/// shared between threads.
class ImportPlugin {
 public:
  virtual ~ImportPlugin() = default;
  virtual std::string_view name() const = 0;

  /// Whether the data must lie in a file; otherwise it may go straight to the stores, and run() gets no path.
  virtual bool needs_file() const = 0;

  /// On the task's thread. What becomes of the image is said with ImportJob::amend(). Throws Error to end the
  /// import; what lies in staging is removed then.
  virtual void run(ImportJob& job, StagedFile& file) const = 0;
};

}  // namespace vitrine::imports
