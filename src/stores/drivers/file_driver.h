#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/bounded_calls.h"
#include "stores/drivers/file_settings.h"
#include "stores/drivers/name_claims.h"

namespace vitrine::stores {

class UnfinishedFile;

/// Keeps each blob in a file of its own, named after the blob, in one of the store's directories. Locations
/// are `file://<path>`; `filesystem://` is read, too. A location is read and removed wherever its path leads,
/// since operators change directories and keep the old ones mounted; a path with ".." in it is refused.
class FileDriver : public Driver, private FileHandles, private Capacity, private Listing, private Adopt {
 public:
  /// Creates missing directories. Throws Error{configuration} for one that cannot be used.
  explicit FileDriver(FileSettings settings);

  Abilities abilities() const override { return abilities_; }
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  class Writer;
  class AdoptingWriter;

  FileRange open_file(const StoreCall& call, const Location& location, ByteRange range) override;
  Space space(const StoreCall& call) override;
  std::vector<std::string> list(const StoreCall& call) override;
  std::unique_ptr<BlobWriter> adopt(const StoreCall& call, const BlobName& name,
                                    const std::filesystem::path& file) override;

  const DataDirectory& choose(const StoreCall& call, const std::vector<DataDirectory>& directories,
                              std::uint64_t size);
  Location location_of(const DataDirectory& directory, const std::string& name) const;
  /// Makes the file the blob of that name, which lies in the directory. Throws as refuse_taken() does.
  Location publish(const StoreCall& call, const std::string& name, const DataDirectory& directory,
                   UnfinishedFile& file, const DataDirectory* except);

  /// Throws Error{duplicate} if one of the directories, other than `except`, has a file of that name.
  void refuse_taken(const StoreCall& call, const std::string& name, const DataDirectory* except);

  const FileSettings settings_;
  // A linked file has no more holes than the one that was linked: a thin store copies it.
  const Abilities abilities_{
      .files = this, .capacity = this, .listing = this, .adopt = settings_.is_thin ? nullptr : this};
  BoundedCalls calls_;
  NameClaims names_;
};

/// The driver as the options of a store's group say. Throws Error{configuration}.
std::unique_ptr<Driver> make_file_driver(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
