#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "model/caller.h"
#include "model/task.h"

namespace vitrine::images {

/// The use cases on tasks as records. May be shared between threads.
class Tasks {
 public:
  /// Everything is borrowed. `time_to_live`: how long a finished task is listed.
  Tasks(catalog::Catalog& catalog, const Clock& clock, std::chrono::hours time_to_live)
      : catalog_(catalog), clock_(clock), time_to_live_(time_to_live) {}

  /// A page of the tasks that the caller may see. Tasks that have expired are deleted by the way.
  std::vector<model::Task> list(const model::Caller& caller, model::TaskQuery query);

  /// Throws Error{not_found} if there is none or the caller may not know of it.
  model::Task visible(const model::Caller& caller, std::string_view task_id);

  /// The tasks that worked on an image that was seen, as far as the caller may see them.
  std::vector<model::Task> of_image(const model::Caller& caller, std::string_view image_id);

  /// Takes a task's next step for whoever runs it; `tell` sets result and message, under the terms of
  /// Catalog::change_task(). Throws Error{conflict} if the task is not where that step begins.
  model::Task advance(std::string_view task_id, model::TaskStatus to,
                      const std::function<void(model::Task&)>& tell);

  /// Ends a task as failed, unless it has ended or is gone.
  void fail(std::string_view task_id, const std::string& message);

  /// A sign of life with what is to be said meanwhile. Throws Error{conflict} if the task has
  /// ended.
  void touch(std::string_view task_id, const std::string& message);

 private:
  void delete_expired();

  catalog::Catalog& catalog_;
  const Clock& clock_;
  std::chrono::hours time_to_live_;
};

}  // namespace vitrine::images
