#include "imports/task_start.h"

#include <fmt/format.h>

#include "base/error.h"
#include "imports/bookkeeping.h"

namespace vitrine::imports {
namespace {

void take_lock(const Means& means, const std::string& image_id, const std::string& task_id,
               const std::vector<std::string>& orphaned) {
  catalog::Catalog& catalog = means.resources.catalog;
  if (!catalog.take_import_lock(image_id, task_id)) {
    throw Error(ErrorCode::conflict,
                fmt::format("New operation on image '{}' is not permitted as prior operation is still in "
                            "progress",
                            image_id));
  }
  if (orphaned.empty()) return;
  catalog.change(image_id, [&](model::Image& image) {
    take_ids(image, importing_to_stores, orphaned);
    take_ids(image, failed_import, orphaned);
  });
}

}  // namespace

model::Task store_task(const Means& means, const model::Task& task, const transfer::JournalEntry& line) {
  means.journal.add(line);
  try {
    return means.resources.catalog.insert_task(task);
  } catch (...) {
    means.journal.clear(line.transfer_id);
    throw;
  }
}

void lock_and_store_task(const Means& means, const model::Task& task, const transfer::JournalEntry& line,
                         const std::vector<std::string>& orphaned) {
  const std::string image_id = task.image_id.value_or("");
  // Written first: the lock must never be there without a line that a restart can undo it by.
  means.journal.add(line);
  bool is_locked = false;
  try {
    take_lock(means, image_id, task.id, orphaned);
    is_locked = true;
    means.resources.catalog.insert_task(task);
  } catch (...) {
    if (is_locked) means.resources.catalog.release_import_lock(image_id, task.id);
    means.journal.clear(line.transfer_id);
    throw;
  }
}

}  // namespace vitrine::imports
