#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imports/means.h"
#include "model/task.h"
#include "transfer/journal.h"

namespace vitrine::imports {

/// The type of tasks with which clients make images.
inline constexpr std::string_view import_task_type = "import";

/// Stores a new task, and a line in the journal before that, so that a restart finds what to undo. Returns it
/// as it was stored.
model::Task store_task(const Means& means, const model::Task& task, const transfer::JournalEntry& line);

/// The same for a task that gets the lock of its image, all of it or nothing. `orphaned`: stores that a dead
/// task was to fill, which are not waited for any more. Throws Error{conflict} if another task has the lock.
void lock_and_store_task(const Means& means, const model::Task& task, const transfer::JournalEntry& line,
                         const std::vector<std::string>& orphaned);

}  // namespace vitrine::imports
