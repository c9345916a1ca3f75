#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on where an image's data lies.
std::span<const Route> location_routes();

}  // namespace vitrine::api
