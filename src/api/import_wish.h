#pragma once

#include <boost/json/value.hpp>

#include "imports/request.h"

namespace vitrine::api {

/// The body of POST …/import. What it may say beyond this is ignored. Throws Error{invalid}.
imports::ImportWish parse_import_wish(const boost::json::value& body);

}  // namespace vitrine::api
