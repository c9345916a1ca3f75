#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "model/image.h"

/// Table `image_properties`. Live rows are those that are not soft-deleted; a row is unique for its image and
/// name, so a property that comes back takes its old row. The import lock is a property that none of this
/// writes, except that it goes with its image.
namespace vitrine::catalog::image_properties {

/// Fills in the live properties of each image.
void load(sql::Session& session, std::span<model::Image> images);

/// Makes the rows of `after.id` what `after` says, given that they are what `before` says; returns whether
/// that changed anything. Throws Error{invalid} for a name or value that cannot be stored, or a name that is
/// there twice.
bool update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now);

/// Takes the import lock for a task: false if another one has it. As Python Glance does, by one statement
/// that only one of several can win.
bool take_import_lock(sql::Session& session, std::string_view image_id, std::string_view task_id,
                      Timestamp now);

/// Deletes the lock's row; false if the task does not have it.
bool release_import_lock(sql::Session& session, std::string_view image_id, std::string_view task_id);

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now);

}  // namespace vitrine::catalog::image_properties
