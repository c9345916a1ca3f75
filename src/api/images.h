#pragma once

#include <boost/json/value.hpp>
#include <span>

#include "api/call.h"
#include "api/router.h"
#include "api/services.h"
#include "model/image.h"

namespace vitrine::api {

/// The routes on image records.
std::span<const Route> image_routes();

/// The image that a document of a new one asks for. Throws Error{invalid}, and Error{forbidden} if the caller
/// may not make it.
model::Image wanted_image(const Services& services, const Call& call, const boost::json::value& document);

}  // namespace vitrine::api
