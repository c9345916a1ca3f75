#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on single tags of images.
std::span<const Route> tag_routes();

}  // namespace vitrine::api
