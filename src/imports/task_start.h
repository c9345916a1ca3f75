#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "imports/means.h"
#include "model/task.h"
#include "transfer/journal.h"

namespace vitrine::imports {

/// The types of tasks: they import an image's data, give it a location, or make it for a client.
inline constexpr std::string_view import_task_type = "api_image_import";
inline constexpr std::string_view location_task_type = "location_import";
inline constexpr std::string_view client_task_type = "import";

/// Stores a new task, and a line in the journal before that, so that a restart finds what to undo. Returns it
/// as it was stored.
model::Task store_task(const Means& means, const model::Task& task, const transfer::JournalEntry& line);

/// The same for a task that gets the lock of its image, all of it or nothing. `orphaned`: stores that a dead
/// task was to fill, which are not waited for any more. `check` throws if the image is not any more what the
/// task was made for: another one may have begun and ended since. Throws Error{conflict} if another task has
/// the lock.
void lock_and_store_task(const Means& means, const model::Task& task, const transfer::JournalEntry& line,
                         const std::vector<std::string>& orphaned,
                         const std::function<void(const model::Image&)>& check);

}  // namespace vitrine::imports
