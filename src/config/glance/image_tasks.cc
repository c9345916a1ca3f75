#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row task[] = {
    {"task_executor", Type::text, "taskflow", "What runs tasks.", {.choices = "taskflow"}},
};

constexpr Row taskflow_executor[] = {
    {"engine_mode",
     Type::text,
     "parallel",
     "Whether the steps of a task may run side by side.",
     {.choices = "serial,parallel"}},
    {"max_workers", Type::integer, "10", "Threads for such steps.", {.min = 1}},
};

constexpr Row wsgi[] = {
    {"python_interpreter",
     Type::text,
     unset,
     "Python interpreter of a helper process.",
     {.has_effect = false}},
};

}  // namespace

Groups image_tasks() {
  static constexpr Group groups[] = {
      {"task", task},
      {"taskflow_executor", taskflow_executor},
      {"wsgi", wsgi},
  };
  return groups;
}

}  // namespace vitrine::config::glance
