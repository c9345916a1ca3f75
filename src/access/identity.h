#pragma once

#include "model/caller.h"

namespace vitrine::access {

/// The caller of the pipelines without identity: everybody is an administrator without a project.
model::Caller unauthenticated_caller();

}  // namespace vitrine::access
