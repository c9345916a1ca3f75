#include "images/tasks.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::images {

std::vector<model::Task> Tasks::list(const model::Caller& caller, model::TaskQuery query) {
  delete_expired();
  if (!caller.is_admin) {
    if (!caller.project_id) return {};
    query.owner = caller.project_id;
  }
  return catalog_.list_tasks(query);
}

model::Task Tasks::visible(const model::Caller& caller, std::string_view task_id) {
  std::optional<model::Task> task = catalog_.find_task(task_id);
  if (!task || !model::may_see(caller, *task)) {
    throw Error(ErrorCode::not_found, fmt::format("Could not find task {}", task_id));
  }
  return *std::move(task);
}

std::vector<model::Task> Tasks::of_image(const model::Caller& caller, std::string_view image_id) {
  delete_expired();
  std::vector<model::Task> tasks = catalog_.tasks_of(image_id);
  std::erase_if(tasks, [&](const model::Task& task) { return !model::may_see(caller, task); });
  return tasks;
}

model::Task Tasks::advance(std::string_view task_id, model::TaskStatus to,
                           const std::function<void(model::Task&)>& tell) {
  return catalog_.change_task(task_id, [&](model::Task& task) {
    model::change_status(task, to, clock_.now(), time_to_live_);
    tell(task);
  });
}

void Tasks::fail(std::string_view task_id, const std::string& message) {
  try {
    advance(task_id, model::TaskStatus::failure, [&](model::Task& task) { task.message = message; });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict && error.code() != ErrorCode::not_found) throw;
  }
}

void Tasks::touch(std::string_view task_id, const std::string& message) {
  catalog_.change_task(task_id, [&](model::Task& task) {
    if (task.status == model::TaskStatus::pending) return;
    if (task.status != model::TaskStatus::processing) {
      throw Error(ErrorCode::conflict, fmt::format("Task {} has ended.", task_id));
    }
    task.message = message;
  });
}

/// Expired tasks are not listed anyway, so a list does not fail for them.
void Tasks::delete_expired() {
  try {
    catalog_.delete_expired_tasks();
  } catch (const Error& error) {
    log::warning("Expired tasks could not be deleted: {}", error.what());
  }
}

}  // namespace vitrine::images
