#pragma once

#include <string_view>

#include "base/error.h"

namespace vitrine::stores {

/// As system_error(), but what a network file system reports when its server is away becomes `unavailable`.
/// Fit for the client: `what` names no path.
Error file_error(int error_number, std::string_view what);

/// As file_error(), for work on one of the store's directories: missing, it is `unavailable`, since a mount
/// may be lost.
Error directory_error(int error_number, std::string_view what);

}  // namespace vitrine::stores
