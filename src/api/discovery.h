#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes that tell what this service can do. They never touch a store.
std::span<const Route> discovery_routes();

}  // namespace vitrine::api
