#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// Staging an image's data, and importing it.
std::span<const Route> import_routes();

}  // namespace vitrine::api
