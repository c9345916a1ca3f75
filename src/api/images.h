#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on image records.
std::span<const Route> image_routes();

}  // namespace vitrine::api
