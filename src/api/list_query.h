#pragma once

#include "api/parameters.h"
#include "api/services.h"
#include "model/query.h"

namespace vitrine::api {

/// What a list call asks for. Throws Error{invalid} for values and filters that are not understood.
model::ImageQuery parse_list_query(const Parameters& parameters, const ApiSettings& settings);

}  // namespace vitrine::api
