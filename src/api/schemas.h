#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on JSON schemas.
std::span<const Route> schema_routes();

}  // namespace vitrine::api
