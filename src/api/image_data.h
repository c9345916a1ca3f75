#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on image data.
std::span<const Route> image_data_routes();

}  // namespace vitrine::api
