#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "imports/means.h"
#include "imports/method_table.h"
#include "imports/methods/web_download.h"
#include "imports/task_runner.h"
#include "model/caller.h"
#include "model/task.h"

namespace vitrine::imports {

/// A task as a client asks for it.
struct TaskWish {
  model::Caller caller;
  std::string request_id;
  std::string type;
  std::optional<boost::json::object> input;
  model::Image image;   ///< that a task of type import makes; without a status or data of its own
  std::string refusal;  ///< why there is no such image; empty: there is one
};

/// The use case that clients make tasks by themselves, as they did before images had imports of their own:
/// those of type import make an image with data from a web server. May be shared between threads.
class ClientTasks {
 public:
  /// Everything is borrowed.
  ClientTasks(const Means& means, const Outside& outside, TaskRunner& runner);

  /// Throws Error{invalid} for an import from where this service does not import.
  void require_source(const TaskWish& wish) const;

  /// Stores the task, which runs when its turn comes; one that cannot be done fails at once, as others read
  /// in its message. Returns it as it was stored.
  model::Task begin(TaskWish wish);

 private:
  std::string refusal_of(const TaskWish& wish) const;
  stores::Store* target_of(const boost::json::object& input) const;

  const Means means_;
  TaskRunner& runner_;
  const fetch::Admission& admission_;
  const WebDownload download_;
};

}  // namespace vitrine::imports
