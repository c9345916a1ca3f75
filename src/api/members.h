#pragma once

#include <span>

#include "api/router.h"

namespace vitrine::api {

/// The routes on the members of images.
std::span<const Route> member_routes();

}  // namespace vitrine::api
