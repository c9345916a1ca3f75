#include "imports/task_start.h"

#include <fmt/format.h>

#include "base/error.h"
#include "imports/bookkeeping.h"

namespace vitrine::imports {
namespace {

Error has_active_task(const std::string& image_id) {
  return {ErrorCode::conflict,
          fmt::format("New operation on image '{}' is not permitted as prior operation is still in progress",
                      image_id)};
}

void forget_stores(catalog::Catalog& catalog, const std::string& image_id,
                   const std::vector<std::string>& orphaned) {
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
                         const std::vector<std::string>& orphaned,
                         const std::function<void(const model::Image&)>& check) {
  const std::string image_id = task.image_id.value_or("");
  // Written first: the lock must never be there without a line that a restart can undo it by.
  means.journal.add(line);
  catalog::Catalog& catalog = means.resources.catalog;
  bool is_stored = false;
  try {
    is_stored = catalog.insert_task_with_lock(task, image_id, check);
    if (!is_stored) throw has_active_task(image_id);
    forget_stores(catalog, image_id, orphaned);
  } catch (const std::exception& error) {
    if (is_stored) {
      means.tasks.fail(task.id, error.what());
      catalog.release_import_lock(image_id, task.id);
    }
    means.journal.clear(line.transfer_id);
    throw;
  }
}

}  // namespace vitrine::imports
