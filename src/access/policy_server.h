#pragma once

#include "access/policy_remote.h"
#include "config/config.h"

namespace vitrine::access {

/// Asks policy servers as `[oslo_policy] remote_*` says, over connections that are kept. It may be called by
/// many threads at once.
AskRemote ask_policy_servers(const config::Config& config);

}  // namespace vitrine::access
