#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes that take images out of circulation and give them back.
std::span<const Route> action_routes();

}  // namespace vitrine::api
