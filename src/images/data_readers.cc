#include "images/data_readers.h"

#include <utility>
#include <vector>

#include "base/log.h"

namespace vitrine::images {
namespace {

using ListedData = std::pair<stores::AccessLists*, const stores::Location*>;

std::vector<ListedData> listed_data(const stores::StoreSet& stores, const model::Image& image) {
  std::vector<ListedData> listed;
  for (const model::ImageLocation& row : image.locations) {
    stores::Store* store = stores.holding(row.location);
    stores::AccessLists* lists = store != nullptr ? store->driver().abilities().access_lists : nullptr;
    if (lists != nullptr) listed.emplace_back(lists, &row.location);
  }
  return listed;
}

stores::BlobReaders readers_of(catalog::Catalog& catalog, const model::Image& image,
                               std::string_view without) {
  stores::BlobReaders readers;
  readers.is_everybody =
      image.visibility == model::Visibility::is_public || image.visibility == model::Visibility::is_community;
  if (image.visibility != model::Visibility::is_shared) return readers;
  for (const model::Member& member : catalog.members(image.id)) {
    if (member.project_id != without) readers.project_ids.push_back(member.project_id);
  }
  return readers;
}

}  // namespace

void let_read(const Resources& resources, const stores::StoreCall& call, const model::Image& image,
              std::string_view without) {
  const std::vector<ListedData> listed = listed_data(resources.stores, image);
  if (listed.empty()) return;
  const stores::BlobReaders readers = readers_of(resources.catalog, image, without);
  for (const auto& [lists, location] : listed) lists->let_read(call, *location, readers);
}

void let_read_new_data(const Resources& resources, const stores::StoreCall& call,
                       const model::Image& image) noexcept {
  try {
    let_read(resources, call, image);
  } catch (const std::exception& failure) {
    log::error(
        "Others than its owner may not be able to read image {} until it is changed or shared again: {}",
        image.id, failure.what());
  }
}

}  // namespace vitrine::images
