#pragma once

#include "base/error.h"

namespace vitrine::api {

/// The HTTP status that an error of this code becomes.
unsigned http_status(ErrorCode code);

}  // namespace vitrine::api
