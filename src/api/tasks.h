#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on tasks.
std::span<const Route> task_routes();

}  // namespace vitrine::api
