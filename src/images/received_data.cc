#include "images/received_data.h"

#include "base/error.h"
#include "base/log.h"

namespace vitrine::images {

void describe_data(model::Image& image, const transfer::Received& received) {
  image.size = received.size;
  image.checksum = received.md5;
  image.os_hash_algo = received.hash_algo;
  image.os_hash_value = received.hash_value;
}

void add_locations(model::Image& image, std::span<const transfer::StoredBlob> blobs,
                   const stores::StoreSet& stores) {
  for (const transfer::StoredBlob& blob : blobs) {
    stores::Location& location = image.locations.emplace_back().location;
    location = blob.location;
    stores.label(location, *stores.find(blob.store_id));
  }
}

void drop_blobs(const model::Caller* caller, std::string_view image_id,
                std::span<const transfer::StoredBlob> blobs, const stores::StoreSet& stores) noexcept {
  for (const transfer::StoredBlob& blob : blobs) {
    try {
      stores.find(blob.store_id)->driver().remove({.caller = caller}, blob.location);
    } catch (const std::exception& failure) {
      log::error("Data of image {} is left in store {}: {}", image_id, blob.store_id, failure.what());
    }
  }
}

}  // namespace vitrine::images
