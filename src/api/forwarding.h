#pragma once

#include <string>

#include "api/call.h"
#include "api/services.h"

namespace vitrine::api {

/// Lets the node at the URL handle the call, on behalf of the same caller, and gives its answer back. An
/// answer of 500 or above may mean that it did nothing, or that nobody knows.
http::Reply forward(Services& services, const Call& call, const std::string& node_url);

}  // namespace vitrine::api
