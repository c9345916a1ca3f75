#pragma once

#include <span>
#include <string_view>

#include "model/caller.h"
#include "model/image.h"
#include "stores/store_set.h"
#include "transfer/intake.h"

namespace vitrine::images {

/// Says in the image how much data it has, and its digests.
void describe_data(model::Image& image, const transfer::Received& received);

/// Gives the image the locations of these blobs.
void add_locations(model::Image& image, std::span<const transfer::StoredBlob> blobs,
                   const stores::StoreSet& stores);

/// Removes blobs that no record names, on behalf of whoever brought them. What a store does not remove is
/// logged.
void drop_blobs(const model::Caller* caller, std::string_view image_id,
                std::span<const transfer::StoredBlob> blobs, const stores::StoreSet& stores) noexcept;

}  // namespace vitrine::images
