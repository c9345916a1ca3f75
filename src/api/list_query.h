#pragma once

#include <string>

#include "api/call.h"
#include "api/services.h"
#include "model/query.h"

namespace vitrine::api {

/// What a list call asks for. Throws Error{invalid} for values and filters that are not understood.
model::ImageQuery parse_list_query(const Parameters& parameters, const ApiSettings& settings);

/// The relative link to a page of the same list: every parameter as it was, but for the marker.
std::string page_link(const Parameters& parameters, std::string_view marker);

}  // namespace vitrine::api
