#pragma once

#include "api/parameters.h"
#include "api/services.h"
#include "model/task.h"

namespace vitrine::api {

/// What a list of tasks is asked for. Parameters that name no column of a task are ignored. Throws
/// Error{invalid}.
model::TaskQuery parse_task_query(const Parameters& parameters, const ApiSettings& settings);

}  // namespace vitrine::api
