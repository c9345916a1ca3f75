#include "imports/staging.h"

#include <set>
#include <system_error>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "transfer/download.h"

namespace vitrine::imports {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t uuid_length = 36;

/// The id of the image that a file of this name belongs to; empty: none.
std::string image_of(const std::string& file_name) {
  const std::string id = file_name.substr(0, uuid_length);
  if (!is_uuid(id)) return {};
  if (file_name.size() > uuid_length && file_name[uuid_length] != '.') return {};
  return id;
}

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  return files;
}

std::optional<std::uint64_t> size_of_file(const fs::path& file) {
  std::error_code failure;
  const std::uint64_t size = fs::file_size(file, failure);
  return failure ? std::nullopt : std::optional(size);
}

void remove_file(const fs::path& file) {
  std::error_code failure;
  fs::remove(file, failure);
  if (failure) log::error("Staged file {} cannot be removed: {}", file.string(), failure.message());
}

/// Data is staged and imported in these statuses only, or while a task has the image. What lies here of any
/// other image was left by an import that another node has settled, or of one that is gone.
bool may_need_staged_data(const std::optional<model::Image>& image) {
  if (!image || image->is_deleted) return false;
  return image->status == model::ImageStatus::uploading || image->status == model::ImageStatus::importing ||
         image->find_property(model::import_lock) != nullptr;
}

}  // namespace

stores::Store& Staging::store() const {
  if (reserved_.staging) return *reserved_.staging;
  throw Error(ErrorCode::unavailable, "This service has no place where data could wait for its import.");
}

fs::path Staging::path_of(std::string_view image_id) const {
  return reserved_.staging_directory / image_id;
}

std::optional<std::uint64_t> Staging::size_of(std::string_view image_id) const {
  return size_of_file(path_of(image_id));
}

std::unique_ptr<transfer::Intake> Staging::receive(
    std::string_view image_id, const stores::StoreCall& call, threads::WorkerPool& digests,
    transfer::IntakeSettings settings, std::vector<std::unique_ptr<transfer::ChunkCheck>> checks) const {
  settings.hash_algorithm = "";
  return std::make_unique<transfer::Intake>(std::vector<stores::Store*>{&store()},
                                            stores::BlobName{std::string(image_id)}, call, digests,
                                            std::move(checks), settings);
}

ImportSource Staging::open(std::string_view image_id, const stores::StoreCall& call,
                           threads::BufferPool& buffers) const {
  return open_file(path_of(image_id), call, buffers);
}

ImportSource Staging::open_file(const fs::path& path, const stores::StoreCall& call,
                                threads::BufferPool& buffers) const {
  return {.bytes =
              transfer::open_blob(store(), {.uri = "file://" + path.string(), .metadata = {}}, call, buffers),
          .size = size_of_file(path),
          .file = path};
}

void Staging::remove(std::string_view image_id) const noexcept {
  if (!reserved_.staging || !is_uuid(image_id)) return;
  try {
    const std::vector<fs::path> files = files_in(reserved_.staging_directory);
    for (const fs::path& file : files) {
      if (image_of(file.filename()) == image_id) remove_file(file);
    }
  } catch (const std::exception& failure) {
    log::error("Staged data of image {} cannot be removed: {}", image_id, failure.what());
  }
}

void Staging::clean(catalog::Catalog& catalog) const {
  if (!reserved_.staging) return;
  std::set<std::string> images;
  const std::vector<fs::path> files = files_in(reserved_.staging_directory);
  for (const fs::path& file : files) {
    if (std::string id = image_of(file.filename()); !id.empty()) images.insert(std::move(id));
  }
  for (const std::string& id : images) {
    if (may_need_staged_data(catalog.find(id))) continue;
    log::info("Staged data of image {}, which needs it no more, is removed.", id);
    remove(id);
  }
}

}  // namespace vitrine::imports
