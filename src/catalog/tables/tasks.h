#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "model/task.h"

/// Tables `tasks` and `task_info`: a task's row, and beside it what a list does not show.
namespace vitrine::catalog::tasks {

/// Deleted ones too.
std::optional<model::Task> find(sql::Session& session, std::string_view task_id);

/// Makes all others who lock the task wait until this transaction ends.
void lock(sql::Session& session, std::string_view task_id);

/// A page of tasks without input, result and message. Throws Error{invalid} if the marker does not exist.
std::vector<model::Task> read_page(sql::Session& session, const model::TaskQuery& query, Timestamp now);

/// The image's tasks that have not expired, the oldest first, deleted ones too.
std::vector<model::Task> of_image(sql::Session& session, std::string_view image_id, Timestamp now);

/// Throws Error{duplicate} if the id was ever used, Error{invalid} for a value that cannot be stored.
void insert(sql::Session& session, const model::Task& task, Timestamp now);

/// Writes status, expiry, result and message. Throws Error{conflict} unless the live row has the status that
/// `before` has, Error{invalid} for a value that cannot be stored.
void update(sql::Session& session, const model::Task& before, const model::Task& after, Timestamp now);

bool has_expired(sql::Session& session, Timestamp now);
void soft_delete_expired(sql::Session& session, Timestamp now);

}  // namespace vitrine::catalog::tasks
