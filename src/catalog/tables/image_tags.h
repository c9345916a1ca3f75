#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "model/image.h"

/// Table `image_tags`. An image has one live row for each of its tags; rows of removed tags stay,
/// soft-deleted.
namespace vitrine::catalog::image_tags {

/// Fills in the tags of each image, each once.
void load(sql::Session& session, std::span<model::Image> images);

/// Makes the live rows of `after.id` what `after` says, given that they are what `before` says; returns
/// whether that changed anything. A tag that is there twice is stored once. Throws Error{invalid} for one
/// that cannot be stored.
bool update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now);

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now);

}  // namespace vitrine::catalog::image_tags
