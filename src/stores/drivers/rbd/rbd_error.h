#pragma once

#include <string_view>

#include "base/error.h"

namespace vitrine::stores {

/// What a negative result of librados or librbd means; `what` says what was tried, as "write an image". Full
/// clusters and used-up quotas become storage_full, time-outs, lost connections and locks unavailable,
/// missing rights storage_denied, ENOENT not_found, EEXIST duplicate, EBUSY conflict, everything else
/// internal.
Error rbd_error(int result, std::string_view what);

/// Throws rbd_error() if the result is negative.
void check_rbd(int result, std::string_view what);

}  // namespace vitrine::stores
