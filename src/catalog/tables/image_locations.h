#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "model/image.h"

/// Table `image_locations`. Rows in the states `pending` and `uploading` belong to an import under way: they
/// are not shown and not written here, but go with their image.
namespace vitrine::catalog::image_locations {

/// Fills in the live locations of each image.
void load(sql::Session& session, std::span<model::Image> images);

/// Deleted or not.
std::optional<model::ImageLocation> find(sql::Session& session, std::int64_t id);

/// A live location of a live image.
struct Blob {
  std::string image_id;
  model::Location location;
  std::uint64_t size = 0;  ///< bytes
};

/// Shows every one, those of one image behind each other.
void for_each(sql::Session& session, const std::function<void(const Blob&)>& see);

/// Makes the rows of `after.id` what `after` says and in its order, given that they are what `before` says;
/// returns whether that changed anything. Rows that `after` lacks become `deleted`; a location without an id,
/// or with one that `before` lacks, becomes a new row. Throws Error{invalid} for one that cannot be stored.
bool update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now);

/// Gives every live row of the image this status, `deleted` or `pending_delete`. The data is the caller's to
/// remove.
void soft_delete_all(sql::Session& session, std::string_view image_id, std::string_view status,
                     Timestamp now);

}  // namespace vitrine::catalog::image_locations
