#pragma once

#include <string>

#include "base/error.h"

namespace vitrine::api {

/// The request is answered with 400 and the message.
[[noreturn]] inline void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid, message);
}

}  // namespace vitrine::api
