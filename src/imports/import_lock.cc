#include "imports/import_lock.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::imports {
namespace {

constexpr int missed_heartbeats = 10;

}  // namespace

std::optional<std::chrono::seconds> heartbeat_of(const model::Task& task) {
  const boost::json::value* heartbeat = task.input ? task.input->if_contains(heartbeat_key) : nullptr;
  const std::int64_t* seconds = heartbeat != nullptr ? heartbeat->if_int64() : nullptr;
  if (seconds == nullptr || *seconds < 1 || *seconds > 3600) return {};
  return std::chrono::seconds{*seconds};
}

std::chrono::seconds patience_with(const model::Task& task) {
  // Python Glance's own limits: its tasks may be silent for long.
  const std::chrono::minutes limit{task.status == model::TaskStatus::pending ? 120 : 60};
  const std::optional<std::chrono::seconds> heartbeat = heartbeat_of(task);
  if (!heartbeat) return limit;
  return std::min<std::chrono::seconds>(limit, *heartbeat * missed_heartbeats);
}

bool is_silent(const model::Task& task, Timestamp now) {
  return now - task.updated_at >= patience_with(task);
}

std::vector<std::string> stores_of(const model::Task& task) {
  std::vector<std::string> ids;
  const boost::json::value* stores = task.input ? task.input->if_contains("backend") : nullptr;
  if (stores != nullptr && stores->is_string()) ids.emplace_back(stores->get_string());
  if (stores == nullptr || !stores->is_array()) return ids;
  for (const boost::json::value& id : stores->get_array()) {
    if (id.is_string()) ids.emplace_back(id.get_string());
  }
  return ids;
}

std::vector<std::string> break_dead_lock(catalog::Catalog& catalog, images::Tasks& tasks, const Clock& clock,
                                         const model::Image& image) {
  const model::Property* lock = image.find_property(model::import_lock);
  if (lock == nullptr) return {};
  const std::string task_id = lock->value.value_or("");
  const std::optional<model::Task> task = catalog.find_task(task_id);
  if (task && !task->is_deleted && !is_silent(*task, clock.now())) {
    throw Error(ErrorCode::conflict, "Image has active task");
  }
  tasks.fail(task_id, "Expired lock preempted");
  if (!catalog.release_import_lock(image.id, task_id)) {
    throw Error(ErrorCode::conflict, "Image has active task");
  }
  log::warning("The lock of the dead task {} on image {} was broken.", task_id, image.id);
  return task ? stores_of(*task) : std::vector<std::string>();
}

}  // namespace vitrine::imports
