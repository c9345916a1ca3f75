#include "images/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "images/data_readers.h"
#include "images/data_removal.h"

namespace vitrine::images {
namespace {

/// For asking stores whose an old location is.
constexpr std::chrono::seconds recognition_time{10};

Error no_several_stores() {
  return Error(ErrorCode::not_found, "Multi backend is not supported at this site.");
}

/// Properties that the service itself keeps do not count.
std::int64_t counted_properties(const model::Image& image) {
  return std::count_if(image.properties.begin(), image.properties.end(), [](const model::Property& property) {
    return !property.name.starts_with(model::reserved_property_prefix);
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

/// The bytes of a text as if each were a character: so Glance stores a tag that comes in a URL.
std::string as_glance_reads(std::string_view text) {
  std::string misread;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      misread += c;
    } else {
      misread += static_cast<char>(0xC0 | byte >> 6);
      misread += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return misread;
}

void refuse_if_protected(const model::Image& image) {
  if (image.is_protected) {
    throw Error(
        ErrorCode::forbidden,
        fmt::format("Image {} is protected and cannot be deleted. Set protected to false first.", image.id));
  }
}

bool correct_locations(model::Image& image, const stores::StoreSet& stores,
                       const stores::RecognizedLocations& recognized) {
  bool is_changed = false;
  for (model::ImageLocation& row : image.locations) {
    is_changed = correct_legacy(row.location, stores, recognized) || is_changed;
  }
  return is_changed;
}

bool has_more_data(const model::Image& image, const model::Image& known) {
  return std::any_of(image.locations.begin(), image.locations.end(), [&](const model::ImageLocation& row) {
    return std::none_of(known.locations.begin(), known.locations.end(),
                        [&](const model::ImageLocation& other) { return other.id == row.id; });
  });
}

/// Takes the copy in the store out of the image.
void take_out(model::Image& image, const stores::Store& store, const stores::StoreSet& stores) {
  if (image.status != model::ImageStatus::active) {
    throw Error(
        ErrorCode::conflict,
        fmt::format("Copies are removed from active images only; this one is {}.", to_string(image.status)));
  }
  if (image.locations.size() < 2) {
    throw Error(ErrorCode::forbidden,
                "The last copy of an image cannot be removed. Delete the image instead.");
  }
  const auto copy = std::find_if(image.locations.begin(), image.locations.end(),
                                 [&](const auto& row) { return stores.holding(row.location) == &store; });
  if (copy == image.locations.end()) {
    throw Error(ErrorCode::not_found, fmt::format("Store {} has no copy of the image.", store.id()));
  }
  image.locations.erase(copy);
}

}  // namespace

Error no_such_image(std::string_view image_id) {
  return Error(ErrorCode::not_found, fmt::format("No image found with ID {}", image_id));
}

Images::Images(const Resources& resources, const Limits& limits) : resources_(resources), limits_(limits) {}

model::Image Images::create(const model::Caller& caller, model::Image image) {
  if (image.id.empty()) image.id = new_uuid();
  require_property_quota(image, limits_.properties);
  require_tag_quota(image, limits_.tags);
  const CountQuota quota(resources_.quotas, caller.project_id, model::Quantity::images);
  return resources_.catalog.insert(image, [&](const model::Image&, const model::Image& after,
                                              const catalog::Counter& count) { quota.check(after, count); });
}

std::vector<ProjectUsage> Images::usage(const model::Caller& caller) const {
  return resources_.quotas.usage(caller.project_id);
}

model::Image Images::visible(const model::Caller& caller, std::string_view image_id) {
  std::optional<model::Image> image = resources_.catalog.find(image_id);
  if (!image || image->is_deleted || !may_see(caller, *image)) throw no_such_image(image_id);
  return with_correct_locations(caller, *std::move(image));
}

/// Asks who the members are only if that decides it.
bool Images::may_see(const model::Caller& caller, const model::Image& image) {
  if (model::may_see(caller, image, model::Membership::none)) return true;
  return caller.project_id && model::may_see(caller, image, model::Membership::member) &&
         resources_.catalog.find_member(image.id, *caller.project_id).has_value();
}

/// What cannot be stored is corrected for this time all the same.
model::Image Images::with_correct_locations(const model::Caller& caller, model::Image image) {
  const stores::StoreCall call{.caller = &caller, .deadline = deadline_in(recognition_time)};
  stores::RecognizedLocations recognized;
  for (const model::ImageLocation& row : image.locations) {
    recognized.merge(stores::recognize(call, row.location, resources_.stores));
  }
  if (!correct_locations(image, resources_.stores, recognized)) return image;
  try {
    return resources_.catalog.change(
        image.id, [&](model::Image& fresh) { correct_locations(fresh, resources_.stores, recognized); });
  } catch (const Error& error) {
    log::warning("Old locations of image {} could not be brought up to date: {}", image.id, error.what());
    return image;
  }
}

model::Image Images::downloadable(const model::Caller& caller, std::string_view image_id) {
  model::Image image = visible(caller, image_id);
  if (image.status == model::ImageStatus::deactivated && !caller.is_admin) {
    throw Error(ErrorCode::forbidden, "The image is deactivated; only an administrator can download it.");
  }
  return image;
}

std::vector<model::Image> Images::list(const model::Caller& caller, model::ImageQuery query) {
  query.viewer = caller;
  return resources_.catalog.list(query);
}

model::Image Images::update(const model::Caller& caller, std::string_view image_id, const Edit& edit,
                            std::stop_token stop) {
  const model::Image seen = visible(caller, image_id);
  LocationEditor locations(resources_.stores, resources_.admission, limits_, caller, stop);
  LocationQuota quota(resources_.quotas, caller.project_id);
  const auto checked_edit = [&](model::Image& image) {
    const model::Image before = image;
    edit(image, locations);
    // After the first run, which precedes the catalog's lock.
    if (locations.change() != LocationChange::none) quota.prepare();
    locations.hold();
    require_quotas_after(before, image, limits_);
  };
  const auto condition = [&](const model::Image& before, const model::Image& after,
                             const catalog::Counter& count) {
    quota.check(before, after, locations.change(), count);
  };
  const stores::StoreCall call{.caller = &caller, .stop = std::move(stop)};
  model::Image changed = change_and_remove_data(resources_, seen, checked_edit, call, condition);
  let_read(resources_, call, changed);
  return changed;
}

void Images::add_tag(std::string_view image_id, std::string_view tag) {
  resources_.catalog.change(image_id, [&](model::Image& image) {
    if (std::find(image.tags.begin(), image.tags.end(), tag) == image.tags.end())
      image.tags.emplace_back(tag);
    require_tag_quota(image, limits_.tags);
  });
}

void Images::remove_tag(std::string_view image_id, std::string_view tag) {
  resources_.catalog.change(image_id, [&](model::Image& image) {
    if (std::erase(image.tags, tag) == 0 && std::erase(image.tags, as_glance_reads(tag)) == 0) {
      throw Error(ErrorCode::not_found, fmt::format("Image {} has no tag '{}'.", image.id, tag));
    }
  });
}

void Images::deactivate(std::string_view image_id) {
  switch_to(image_id, model::ImageStatus::deactivated);
}

void Images::reactivate(std::string_view image_id) {
  switch_to(image_id, model::ImageStatus::active);
}

void Images::switch_to(std::string_view image_id, model::ImageStatus wanted) {
  resources_.catalog.change(image_id, [&](model::Image& image) {
    if (image.status == wanted) return;
    if (image.status != model::ImageStatus::active && image.status != model::ImageStatus::deactivated) {
      throw Error(ErrorCode::forbidden,
                  fmt::format("The image's status is {}; only an active image is deactivated, and only a "
                              "deactivated one reactivated.",
                              to_string(image.status)));
    }
    model::change_status(image, wanted);
  });
}

void Images::remove(const model::Caller& caller, const model::Image& image, std::stop_token stop) {
  refuse_if_protected(image);
  // The line lets a restart finish what a crash between data and record would leave half done.
  const transfer::JournalEntry entry{
      .transfer_id = new_uuid(), .image_id = image.id, .store_id = "", .blob_name = image.id};
  resources_.removals.add(entry);
  const stores::StoreCall call{.caller = &caller, .stop = std::move(stop)};
  std::optional<model::Image> known = image;
  while (known) {
    try {
      remove_all_data(*known, call);
    } catch (...) {
      resources_.removals.clear(entry.transfer_id);
      throw;
    }
    known = remove_record(*known, entry);
  }
}

std::optional<model::Image> Images::remove_record(const model::Image& known,
                                                  const transfer::JournalEntry& entry) {
  std::optional<model::Image> grown;
  try {
    resources_.catalog.remove(known.id, [&](model::Image& fresh) {
      grown.reset();  // the database may have this done again
      if (has_more_data(fresh, known)) {
        grown = fresh;
        throw Error(ErrorCode::conflict, "The image was given data while it was being deleted.");
      }
      model::change_status(fresh, model::ImageStatus::deleted);
    });
  } catch (const Error& error) {
    if (grown) return grown;
    // With the database away nobody knows whether the record stays, and it has no data any more.
    if (can_retry(error.code())) {
      resources_.removals.abandon(entry.transfer_id);
    } else {
      resources_.removals.clear(entry.transfer_id);
    }
    throw;
  }
  resources_.removals.clear(entry.transfer_id);
  return std::nullopt;
}

void Images::remove_all_data(const model::Image& image, const stores::StoreCall& call) {
  std::set<std::int64_t> removed;
  try {
    for (const model::ImageLocation& row : image.locations) {
      remove_data(resources_.stores, call, image.id, row.location);
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

const stores::Store& Images::store_with_copies(std::string_view store_id) const {
  if (!resources_.stores.has_several()) throw no_several_stores();
  const stores::Store* store = resources_.stores.find(store_id);
  if (store == nullptr) {
    throw Error(ErrorCode::conflict, fmt::format("This service has no store {}.", store_id));
  }
  return *store;
}

void Images::remove_from_store(const model::Caller& caller, const model::Image& seen,
                               const stores::Store& store, std::stop_token stop) {
  change_and_remove_data(resources_, seen,
                         [&](model::Image& image) { take_out(image, store, resources_.stores); },
                         {.caller = &caller, .stop = std::move(stop)});
}

std::unique_ptr<Upload> Images::upload(const model::Caller& caller, const model::Image& image,
                                       const UploadRequest& request, std::stop_token stop) {
  return std::make_unique<Upload>(resources_, limits_, caller, image, request, std::move(stop));
}

transfer::Download Images::download(const model::Caller& caller, const model::Image& image, ByteRange range,
                                    std::span<stores::Store* const> preferred) {
  std::vector<stores::Location> locations;
  for (const model::ImageLocation& row : resources_.stores.ordered(image.locations, preferred)) {
    locations.push_back(row.location);
  }
  return transfer::open_download(resources_.stores, locations, image.size.value_or(0), range,
                                 {.caller = &caller}, resources_.download_buffers);
}

}  // namespace vitrine::images
