#include "images/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"

namespace vitrine::images {
namespace {

Error no_such_image(std::string_view image_id) {
  return Error(ErrorCode::not_found, fmt::format("No image found with ID {}", image_id));
}

/// Properties that the service itself keeps do not count.
std::int64_t counted_properties(const model::Image& image) {
  return std::count_if(image.properties.begin(), image.properties.end(), [](const model::Property& property) {
    return !property.name.starts_with("os_glance");
  });
}

bool exceeds(std::int64_t count, std::int64_t quota) {
  return quota >= 0 && count > quota;
}

void require_tag_quota(const model::Image& image, std::int64_t quota) {
  if (exceeds(std::ssize(image.tags), quota)) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("An image may have at most {} tags; this one would have {}. Remove some.", quota,
                            image.tags.size()));
  }
}

void require_property_quota(const model::Image& image, std::int64_t quota) {
  if (exceeds(counted_properties(image), quota)) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("An image may have at most {} properties; this one would have {}. Remove some.",
                            quota, counted_properties(image)));
  }
}

/// An image above a lowered quota can still be edited as long as nothing is added.
void require_quotas_after(const model::Image& before, const model::Image& after, const Limits& limits) {
  const bool adds_property = std::any_of(
      after.properties.begin(), after.properties.end(),
      [&](const model::Property& property) { return before.find_property(property.name) == nullptr; });
  if (adds_property) require_property_quota(after, limits.properties);
  if (after.tags != before.tags) require_tag_quota(after, limits.tags);
}

void refuse_if_protected(const model::Image& image) {
  if (image.is_protected) {
    throw Error(
        ErrorCode::forbidden,
        fmt::format("Image {} is protected and cannot be deleted. Set protected to false first.", image.id));
  }
}

/// A source with the call that it was opened with, which it borrows.
class SourceWithCall : public ByteSource {
 public:
  SourceWithCall(std::unique_ptr<stores::StoreCall> call, std::unique_ptr<ByteSource> source)
      : call_(std::move(call)), source_(std::move(source)) {}

  Chunk read() override { return source_->read(); }

 private:
  std::unique_ptr<stores::StoreCall> call_;  // outlives the source
  std::unique_ptr<ByteSource> source_;
};

}  // namespace

Images::Images(const Resources& resources, const Limits& limits) : resources_(resources), limits_(limits) {}

model::Image Images::create(const model::Caller& caller, model::Image image) {
  if (image.id.empty()) image.id = new_uuid();
  if (!image.owner) image.owner = caller.project_id;
  require_property_quota(image, limits_.properties);
  require_tag_quota(image, limits_.tags);
  return resources_.catalog.insert(image);
}

model::Image Images::visible(const model::Caller&, std::string_view image_id) {
  std::optional<model::Image> image = resources_.catalog.find(image_id);
  if (!image || image->is_deleted) throw no_such_image(image_id);
  return std::move(*image);
}

std::vector<model::Image> Images::list(const model::Caller&, const model::ImageQuery& query) {
  return resources_.catalog.list(query);
}

model::Image Images::update(const model::Caller& caller, std::string_view image_id,
                            const std::function<void(model::Image&)>& edit) {
  visible(caller, image_id);
  return resources_.catalog.change(image_id, [&](model::Image& image) {
    const model::Image before = image;
    edit(image);
    require_quotas_after(before, image, limits_);
  });
}

void Images::remove(const model::Caller& caller, std::string_view image_id, std::stop_token stop) {
  const model::Image image = visible(caller, image_id);
  refuse_if_protected(image);
  // The line lets a restart finish what a crash between data and record would leave half done.
  const transfer::JournalEntry entry{
      .transfer_id = new_uuid(), .image_id = image.id, .store_id = "", .blob_name = image.id};
  resources_.removals.add(entry);
  try {
    remove_data(image, std::move(stop));
  } catch (...) {
    resources_.removals.clear(entry.transfer_id);
    throw;
  }
  remove_record(image_id, entry);
}

void Images::remove_record(std::string_view image_id, const transfer::JournalEntry& entry) {
  try {
    resources_.catalog.remove(
        image_id, [](model::Image& fresh) { model::change_status(fresh, model::ImageStatus::deleted); });
  } catch (const Error& error) {
    // With the database away the line stays, and the next start removes the record that has no data any more.
    if (!can_retry(error.code())) resources_.removals.clear(entry.transfer_id);
    throw;
  }
  resources_.removals.clear(entry.transfer_id);
}

void Images::remove_data(const model::Image& image, std::stop_token stop) {
  const stores::StoreCall call{.stop = std::move(stop)};
  std::set<std::int64_t> removed;
  try {
    for (const model::ImageLocation& row : image.locations) {
      stores::Store* store = resources_.stores.holding(row.location);
      if (store == nullptr) {
        log::warning("Data of image {} is left behind: no configured store knows its location.", image.id);
        continue;
      }
      try {
        store->driver().remove(call, row.location);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::not_found) throw;
        log::warning("Data of image {} was already gone from store {}.", image.id, store->id());
      }
      removed.insert(row.id);
    }
  } catch (const Error&) {
    // The image stays, so it must not name data that is gone.
    if (!removed.empty()) {
      resources_.catalog.change(image.id, [&](model::Image& fresh) {
        std::erase_if(fresh.locations, [&](const auto& row) { return removed.contains(row.id); });
      });
    }
    throw;
  }
}

std::unique_ptr<Upload> Images::upload(const model::Caller& caller, std::string_view image_id,
                                       std::optional<std::uint64_t> announced_size, std::stop_token stop) {
  const model::Image image = visible(caller, image_id);
  return std::make_unique<Upload>(resources_, limits_, caller, image, announced_size, std::move(stop));
}

transfer::Download Images::download(const model::Caller& caller, const model::Image& image, ByteRange range) {
  if (image.status == model::ImageStatus::deactivated && !caller.is_admin) {
    throw Error(ErrorCode::forbidden, "The image is deactivated; only an administrator can download it.");
  }
  std::vector<stores::Location> locations;
  for (const model::ImageLocation& row : image.locations) locations.push_back(row.location);
  auto call = std::make_unique<stores::StoreCall>();
  transfer::Download download = transfer::open_download(resources_.stores, locations, image.size.value_or(0),
                                                        range, *call, resources_.buffers);
  if (auto* source = std::get_if<std::unique_ptr<ByteSource>>(&download.body)) {
    *source = std::make_unique<SourceWithCall>(std::move(call), std::move(*source));
  }
  return download;
}

}  // namespace vitrine::images
